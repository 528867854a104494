/// The connections of one process to its PostgreSQL database, and transactions on them.
///
/// Connections are opened when first needed, at most `size`. Who finds all of them out waits in
/// line; a connection that broke is dropped and another opened on next use, so a restarted server
/// is found again without anyone's doing. A connection that comes back in the middle of something
/// (a cancelled caller, an uncommitted transaction) is drained and rolled back before the next one
/// gets it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include <boost/asio/any_io_executor.hpp>

#include "libs/async/task.h"
#include "libs/postgres/parameters.h"
#include "libs/postgres/result.h"

namespace houbu::postgres {

using async::Task;

class Connection;
class Pipeline;
class PoolCore;

/// What a Pool connects to and how patient it is.
struct PoolOptions {
  std::string conninfo;  ///< libpq's: "host=... port=... dbname=... user=...", or a URI.
  int size = 8;          ///< Connections at most.
  absl::Duration acquire_timeout = absl::Seconds(5);     ///< Waiting for a connection in all.
  absl::Duration connect_timeout = absl::Seconds(5);     ///< Opening one.
  absl::Duration statement_timeout = absl::Seconds(10);  ///< The server's limit for a statement.
  std::string application_name = "houbu";                ///< Shown in pg_stat_activity.
};

/// A statement with its parameters.
struct Statement {
  std::string sql;
  Parameters params;
};

/// What a transaction sees of others.
enum class Isolation {
  kReadCommitted,   ///< Each statement sees what was committed before it: the usual choice.
  kRepeatableRead,  ///< All statements see one snapshot: for reads that must agree.
  kSerializable,    ///< As if alone; be ready for ABORTED.
};

/// A connection lent out; returns it when destroyed.
class Lease final {
 public:
  /// Lends nothing.
  Lease();
  Lease(std::shared_ptr<PoolCore> core, std::unique_ptr<Connection> connection);
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease();

  /// Tells whether a connection is lent.
  explicit operator bool() const { return connection_ != nullptr; }
  /// The connection.
  Connection* operator->() const { return connection_.get(); }
  /// Gives the connection back now.
  void Return();

 private:
  std::shared_ptr<PoolCore> core_;
  std::unique_ptr<Connection> connection_;
};

/// One transaction. Destroyed without Commit it is rolled back. One statement at a time.
class Transaction final {
 public:
  /// Over before it began: to be assigned to.
  Transaction() = default;
  explicit Transaction(Lease lease);
  Transaction(Transaction&&) noexcept = default;
  Transaction& operator=(Transaction&&) noexcept = default;

  /// Runs one statement. After a failure the transaction can only be abandoned.
  Task<Result> Execute(std::string sql, Parameters params = Parameters());

  /// Runs SQL of several statements without parameters, as of a migration.
  Task<void> ExecuteScript(std::string sql);

  /// Replaces the statement timeout until the transaction ends.
  Task<void> SetStatementTimeout(absl::Duration timeout);

  /// Commits and gives the connection back. Not cancelled with its caller: a half-known outcome is
  /// worse than a late one. A connection lost meanwhile is kCommitOutcomeUnknown.
  Task<void> Commit();

  /// Rolls back and gives the connection back; what destruction does, but waited for.
  Task<void> Rollback();

  /// Tells whether statements can still be run.
  bool open() const { return static_cast<bool>(lease_); }

 private:
  Lease lease_;
};

/// Connections to one database. Copies of nothing: one per process, outliving its users. Safe to
/// use from any thread; waiting coroutines resume on their own executors.
class Pool final {
 public:
  /// Opens nothing yet. Work that belongs to no caller (draining, rolling back) runs on `executor`.
  Pool(boost::asio::any_io_executor executor, PoolOptions options);

  /// Closes.
  ~Pool();

  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Begins a transaction. UNAVAILABLE when the server is away or no connection came free within
  /// acquire_timeout.
  Task<Transaction> Begin(Isolation isolation = Isolation::kReadCommitted);

  /// Begins a transaction whose statements are sent in rounds; see pipeline.h. UNAVAILABLE as
  /// Begin. The server is told with the first round.
  Task<Pipeline> BeginPipeline(Isolation isolation = Isolation::kReadCommitted);

  /// Runs several statements in one journey, as one transaction that commits by itself; gives their
  /// results in their order. Never repeated by the pool, as Query.
  Task<std::vector<Result>> QueryAll(std::vector<Statement> statements);

  /// Runs one statement that commits by itself. Never repeated by the pool: a connection lost in
  /// the middle of a write leaves its outcome unknown.
  Task<Result> Query(std::string sql, Parameters params = Parameters());

  /// Asks the server for a sign of life.
  Task<void> Ping();

  /// Closes idle connections, fails who waits, drops what comes back. May be repeated.
  void Close();

  /// Has `listener` called after every commit of a UnitOfWork that enqueued a call, on the
  /// committing coroutine's thread. The outbox's dispatcher listens.
  void SetEnqueuedListener(std::function<void()> listener);

  /// Tells the listener; UnitOfWork does.
  void NotifyEnqueued() const;

  /// The executor given.
  boost::asio::any_io_executor executor() const;

  /// Connections open now, lent or idle; for figures and tests.
  int open_connections() const;

 private:
  std::shared_ptr<PoolCore> core_;
};

}  // namespace houbu::postgres
