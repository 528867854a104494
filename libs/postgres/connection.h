/// One connection to PostgreSQL: libpq, driven without blocking by Asio waits on its socket.
/// Only the pool and transactions use it; stores use those.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "libs/async/task.h"
#include "libs/postgres/parameters.h"
#include "libs/postgres/pool.h"
#include "libs/postgres/result.h"

struct pg_conn;

namespace houbu::postgres {

/// How much longer than the server's own statement timeout we wait before giving a connection up.
inline constexpr absl::Duration kPatienceMargin = absl::Seconds(5);

/// A round's statements; shared, so that saying them again copies nothing.
using Statements = std::shared_ptr<const std::vector<Statement>>;

/// Sets what FailedStatementOf() finds.
void SetFailedStatement(absl::Status& status, std::optional<int> index);

/// One open connection. One coroutine at a time uses it. A coroutine that is cancelled in the
/// middle of a statement leaves it busy(); Drain finishes what it began.
class Connection final {
 public:
  /// Opens a connection. Host names are resolved without blocking the loop.
  static Task<std::unique_ptr<Connection>> Open(boost::asio::any_io_executor executor,
                                                PoolOptions options);
  ~Connection();

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs one statement with parameters. One that this connection meets again is prepared; outside
  /// of a transaction a prepared one that the server has forgotten is said again.
  Task<Result> Execute(std::string sql, Parameters params);

  /// Sends several statements at once and gives their results in their order. The first failure
  /// ends the round and is its status, FailedStatementOf() says whose; outside of a transaction
  /// nothing of the round is kept then. Each is prepared when this connection first meets it. One
  /// that the server has forgotten (IsLostStatement()) fails as ABORTED and is prepared anew next
  /// time.
  Task<std::vector<Result>> ExecuteAll(Statements statements);

  /// Runs several statements without parameters; the last one's rows.
  Task<Result> ExecuteScript(std::string sql);

  /// Reads what a cancelled statement still owes and rolls back an open transaction.
  Task<void> Drain();

  /// Tells whether a statement is under way.
  bool busy() const { return busy_; }
  /// Tells whether the connection is lost for good.
  bool broken() const;
  /// Tells whether a transaction is open, failed or not.
  bool in_transaction() const;
  /// Tells whether a transaction is open that can only be rolled back.
  bool transaction_failed() const;
  /// Tells, without waiting, whether an idle connection was closed by the server meanwhile.
  bool StillAlive();

  /// Sets how long a statement may take before the connection counts as lost; the server's own
  /// limit should strike first.
  void set_patience(absl::Duration patience) { patience_ = patience; }

 private:
  class Watch;
  enum class Direction { kRead, kWrite };

  /// What the server still owes of a round.
  struct Owed {
    int statement = 0;
    bool prepares = false;
    std::string sql;  ///< Where it prepares.
  };

  /// A round under way; kept here so that Drain can finish it for a coroutine that was cancelled.
  struct Round {
    std::deque<Owed> owed;
    std::vector<Result> results;
    absl::Status failure;
  };

  Connection(boost::asio::any_io_executor executor, pg_conn* connection);

  Task<void> Handshake();
  Task<Result> Finish();
  bool IsWorthPreparing(const std::string& sql, const Parameters& params);
  Task<Result> ExecutePrepared(std::string sql, Parameters params);
  bool Send(const Statement& statement, int index);
  Task<void> FinishRound();
  Task<void> FlushReading(const Watch* watch);
  void Take(std::shared_ptr<const pg_result> result);
  void Fail(const Owed& owed, absl::Status failure);
  Task<void> Flush(const Watch* watch);
  Task<void> AwaitInput(const Watch* watch);
  Task<void> Await(Direction direction, const Watch* watch);
  Task<void> AwaitEither(const Watch* watch);
  absl::Status AfterWait(const Watch* watch, const boost::system::error_code& error);
  absl::Status Broken(absl::string_view what);
  void Attach();
  void Detach();

  std::shared_ptr<boost::asio::posix::stream_descriptor> socket_;
  pg_conn* connection_;
  absl::Duration patience_ = absl::Seconds(15);
  bool busy_ = false;
  bool broken_ = false;
  bool in_round_ = false;
  Round round_;
  std::unordered_map<std::string, std::string> prepared_;  // names by text
  std::unordered_set<std::size_t> seen_;                   // hashes of texts said once
  std::string name_prefix_;
  std::uint64_t names_given_ = 0;
};

}  // namespace houbu::postgres
