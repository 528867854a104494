/// The process's way to Redis: commands and functions, answered in order of each server.
///
/// Redis is one server, or one that Sentinels choose, or a Cluster. The client connects when first
/// needed and again after a loss, at most one try per back-off; between tries calls fail at once as
/// UNAVAILABLE. Commands given in one turn of the event loop travel together.
///
/// What Redis surely has not done is tried again for a short time: redirections (MOVED, ASK), what
/// a Cluster or a starting server asks to repeat (TRYAGAIN, CLUSTERDOWN, LOADING), a master that no
/// longer is one (READONLY), a function library that is not there. What may have been done is not.
///
/// A function touches more keys than it names, so while its slot moves from one server to another
/// it can run on neither: ASK is to it as TRYAGAIN.
///
/// Failures: see errors.h.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <boost/asio/any_io_executor.hpp>

#include "libs/async/task.h"
#include "libs/redis/address.h"
#include "libs/redis/identity.h"
#include "libs/redis/reply.h"

namespace houbu::redis {

using async::Task;

class Router;

/// How Redis is run.
enum class Mode { kSingle, kSentinel, kCluster };

/// Where Redis is and how patient the client is.
struct Options {
  Mode mode = Mode::kSingle;
  std::string host = "127.0.0.1";  ///< kSingle: the server.
  int port = 6379;                 ///< kSingle: the server.
  std::vector<Address> addresses;  ///< kSentinel: all Sentinels. kCluster: some of the nodes.
  std::string sentinel_master;     ///< kSentinel: the name the Sentinels know the master by.
  std::string password;            ///< Of the servers, not of the Sentinels; "" for none.
  absl::Duration call_timeout = absl::Seconds(2);  ///< From a try to its answer.
  absl::Duration backoff_first = absl::Milliseconds(50);
  absl::Duration backoff_max = absl::Seconds(2);
  /// How long what was surely not done is tried again.
  absl::Duration retry_max = absl::Milliseconds(250);
  /// How often the Sentinels, or a Cluster's map, are asked again while all goes well.
  absl::Duration review_interval = absl::Seconds(1);
  /// A server whose answers all take longer than this for a second is left alone until it answers
  /// faster: calls to it fail at once. The caller's own haste counts as well: with some hundred
  /// bookings in flight on a busy machine an answer waits its turn for 150 ms.
  absl::Duration slow_min = absl::Seconds(1);
  int calls_max = 8192;  ///< Most calls on their way to one server; more fail at once.
};

/// A client of one Redis. Safe to use from any thread; callers resume on their own executors. A
/// call is not cancelled with its caller: it ends with its answer or its timeout.
class Client final {
 public:
  /// Says whether a server may answer a function for this key: OK, or what to answer instead.
  /// Called before each function is sent, on the client's strand; must not block.
  using Admission = std::function<absl::Status(absl::string_view key, const Identity& server)>;

  /// Connects to nothing yet.
  Client(boost::asio::any_io_executor executor, Options options);

  /// Closes.
  ~Client();

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends one command. `shard_key` is a key (or tag) of the shard it is for; "" for any master.
  Task<Reply> Call(std::vector<std::string> argv, std::string shard_key = std::string());

  /// Calls a function of a loaded library; `keys` names at least one key, all on one shard. When
  /// Redis has lost its libraries, loads them again and calls once more.
  Task<Reply> Function(std::string name, std::vector<std::string> keys,
                       std::vector<std::string> args);

  /// Loads a function library in place of its earlier version, on all masters, now and after every
  /// reconnect, even when loading it now fails because Redis is away.
  Task<void> LoadLibrary(std::string lua_source);

  /// Tells who answers for a key now; connects where needed. Not subject to the admission.
  Task<Identity> IdentityOf(std::string key);

  /// Has every function wait for the word of `admission`, from now on; the last one set counts.
  void SetAdmission(Admission admission);

  /// Asks for a sign of life, in a Cluster of any master.
  Task<void> Ping();

  /// Fails what is waiting and closes the connections; later calls fail. May be repeated.
  void Close();

 private:
  std::shared_ptr<Router> router_;
};

}  // namespace houbu::redis
