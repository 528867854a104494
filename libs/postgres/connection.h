/// One connection to PostgreSQL: libpq, driven without blocking by Asio waits on its socket.
/// Only the pool and transactions use it; stores use those.
#pragma once

#include <memory>
#include <string>

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

  /// Runs one statement with parameters.
  Task<Result> Execute(std::string sql, Parameters params);

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

  Connection(boost::asio::any_io_executor executor, pg_conn* connection);

  Task<void> Handshake();
  Task<Result> Finish();
  Task<void> Flush(const Watch* watch);
  Task<void> AwaitInput(const Watch* watch);
  Task<void> Await(Direction direction, const Watch* watch);
  absl::Status Broken(absl::string_view what);
  void Attach();
  void Detach();

  std::shared_ptr<boost::asio::posix::stream_descriptor> socket_;
  pg_conn* connection_;
  absl::Duration patience_ = absl::Seconds(15);
  bool busy_ = false;
  bool broken_ = false;
};

}  // namespace houbu::postgres
