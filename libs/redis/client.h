/// The process's connection to Redis: commands and functions, answered in order.
///
/// Connects when first needed and again after a loss, at most one try per back-off; between tries
/// calls fail at once as UNAVAILABLE. Commands given in one turn of the event loop travel together.
///
/// Failures: see errors.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include <boost/asio/any_io_executor.hpp>

#include "libs/async/task.h"
#include "libs/redis/reply.h"

namespace houbu::redis {

using async::Task;

/// Where Redis is and how patient the client is.
struct Options {
  std::string host = "127.0.0.1";
  int port = 6379;
  std::string password;                            ///< "" for none.
  absl::Duration call_timeout = absl::Seconds(2);  ///< From the call to its answer.
  absl::Duration backoff_first = absl::Milliseconds(50);
  absl::Duration backoff_max = absl::Seconds(2);
};

/// A client of one Redis. Safe to use from any thread; callers resume on their own executors. A
/// call is not cancelled with its caller: it ends with its answer or its timeout.
class Client final {
 public:
  /// Connects to nothing yet.
  Client(boost::asio::any_io_executor executor, Options options);

  /// Closes.
  ~Client();

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends one command. `shard_key` is a key (or tag) of the shard it is for; "" for none.
  Task<Reply> Call(std::vector<std::string> argv, std::string shard_key = std::string());

  /// Calls a function of a loaded library; `keys` names at least one key, all on one shard. When
  /// Redis has lost its libraries, loads them again and calls once more.
  Task<Reply> Function(std::string name, std::vector<std::string> keys,
                       std::vector<std::string> args);

  /// Loads a function library in place of its earlier version, now and after every reconnect, even
  /// when loading it now fails because Redis is away.
  Task<void> LoadLibrary(std::string lua_source);

  /// Asks for a sign of life.
  Task<void> Ping();

  /// Fails what is waiting and closes the connection; later calls fail. May be repeated.
  void Close();

 private:
  class Core;

  static Task<Reply> Send(std::shared_ptr<Core> core, std::vector<std::string> argv, bool reload);

  std::shared_ptr<Core> core_;
};

}  // namespace houbu::redis
