/// One connection of a Server: requests in, answers out, until either side ends it.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "libs/http/routes.h"
#include "libs/http/server.h"

namespace houbu::http {

/// What server and connection both look at.
struct Connection {
  /// Takes over an accepted socket.
  explicit Connection(boost::asio::ip::tcp::socket socket) : stream(std::move(socket)) {}

  boost::beast::tcp_stream stream;
  bool is_busy = false;     ///< Between a request's header and the end of its answer.
  bool should_end = false;  ///< The server stops: no further request.
};

/// Serves `connection` until it ends. `routes` and `options` outlive it: the caller owns them by
/// the state it keeps alive meanwhile.
boost::asio::awaitable<void> ServeConnection(std::shared_ptr<Connection> connection,
                                             std::shared_ptr<const Routes> routes,
                                             ServerOptions options);

}  // namespace houbu::http
