/// A small HTTP/1.1 server for what is not gRPC: providers' callbacks, health and metrics, fakes.
///
/// It never faces the public by itself: the edge or the cluster's ingress stands before it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <boost/asio/any_io_executor.hpp>

#include "libs/async/task.h"
#include "libs/http/message.h"

namespace houbu::http {

/// Limits of a Server.
struct ServerOptions {
  std::string address = "127.0.0.1:0";  ///< host:port; port 0 takes a free one.
  std::size_t body_bytes_max = std::size_t{1} << 20;
  std::size_t header_bytes_max = std::size_t{16} << 10;
  absl::Duration read_timeout = absl::Seconds(10);  ///< For one whole request, and to write one.
  int connections_max = 1024;                       ///< More are closed at once.
};

/// Answers one request. A failure becomes a small JSON answer of a fitting status whose message
/// is constant for INTERNAL; the handler decides everything else.
using Handler = std::function<async::Task<Response>(Request)>;

/// Serves HTTP/1.1 with keep-alive on an executor of one thread (or a strand).
class Server final {
 public:
  /// Prepares a server; nothing listens yet.
  Server(boost::asio::any_io_executor executor, ServerOptions options);

  /// Closes everything at once; answers under way are lost. Stop first for a graceful end.
  ~Server();

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Routes `method` on `path` to `handler`. A path ending in '*' takes everything that begins with
  /// what stands before it; exact paths win, then the longest prefix. GET also answers HEAD.
  /// Unknown paths answer 404, known ones with another method 405. Before Start only.
  void Handle(absl::string_view method, absl::string_view path, Handler handler);

  /// Binds and begins to accept; UNAVAILABLE when the address cannot be bound.
  absl::Status Start();

  /// The port that is listened on, once started.
  int port() const;

  /// Stops accepting, closes idle connections, waits up to `grace` for answers under way, then
  /// closes what is left.
  async::Task<void> Stop(absl::Duration grace);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace houbu::http
