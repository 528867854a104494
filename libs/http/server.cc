#include "libs/http/server.h"

#include <unordered_set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/base/status_macros.h"
#include "libs/http/connection.h"
#include "libs/http/routes.h"

namespace houbu::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Failure = boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

absl::StatusOr<tcp::endpoint> EndpointOf(const asio::any_io_executor& executor,
                                         absl::string_view address) {
  const std::size_t colon = address.rfind(':');
  std::uint32_t port = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("'", address, "' is not host:port"));
  }
  absl::string_view host = address.substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) {
    absl::ConsumeSuffix(&host, "]");
  }
  Failure failure;
  tcp::resolver resolver(executor);
  // Start-up only, so a lookup that blocks harms nobody.
  const auto found =
      resolver.resolve(std::string(host), absl::StrCat(port), tcp::resolver::passive, failure);
  if (failure || found.empty()) {
    return absl::UnavailableError(absl::StrCat("cannot resolve '", host, "'"));
  }
  return found.begin()->endpoint();
}

}  // namespace

/// Shared with the coroutines of acceptor and connections, which may outlive the Server itself.
struct Server::State {
  State(asio::any_io_executor on, ServerOptions limits)
      : executor(on), options(std::move(limits)), acceptor(on), drained(on) {}

  asio::any_io_executor executor;
  ServerOptions options;
  std::shared_ptr<Routes> routes = std::make_shared<Routes>();
  tcp::acceptor acceptor;
  std::unordered_set<std::shared_ptr<Connection>> connections;
  asio::steady_timer drained;  // Cancelled when the last connection ends.

  static asio::awaitable<void> Accept(std::shared_ptr<State> state);
  static asio::awaitable<void> Serve(std::shared_ptr<State> state,
                                     std::shared_ptr<Connection> connection);
  void Close();
};

asio::awaitable<void> Server::State::Serve(std::shared_ptr<State> state,
                                           std::shared_ptr<Connection> connection) {
  co_await ServeConnection(connection, state->routes, state->options);
  state->connections.erase(connection);
  if (state->connections.empty()) {
    state->drained.cancel();
  }
}

asio::awaitable<void> Server::State::Accept(std::shared_ptr<State> state) {
  while (state->acceptor.is_open()) {
    auto [failure, socket] = co_await state->acceptor.async_accept(kAwait);
    if (!state->acceptor.is_open()) {
      co_return;
    }
    if (failure) {
      // Out of descriptors, most likely: wait for some to come back rather than spin.
      asio::steady_timer pause(state->executor, std::chrono::milliseconds(50));
      co_await pause.async_wait(kAwait);
      continue;
    }
    if (std::ssize(state->connections) >= state->options.connections_max) {
      continue;
    }
    auto connection = std::make_shared<Connection>(std::move(socket));
    state->connections.insert(connection);
    asio::co_spawn(state->executor, Serve(state, connection), asio::detached);
  }
}

void Server::State::Close() {
  Failure ignored;
  acceptor.close(ignored);
  for (const auto& connection : connections) {
    connection->should_end = true;
    connection->stream.close();
  }
}

Server::Server(asio::any_io_executor executor, ServerOptions options)
    : state_(std::make_shared<State>(std::move(executor), std::move(options))) {}

Server::~Server() { state_->Close(); }

void Server::Handle(absl::string_view method, absl::string_view path, Handler handler) {
  state_->routes->Add(method, path, std::move(handler));
}

absl::Status Server::Start() {
  ASSIGN_OR_RETURN(const tcp::endpoint endpoint,
                   EndpointOf(state_->executor, state_->options.address));
  Failure failure;
  tcp::acceptor& acceptor = state_->acceptor;
  acceptor.open(endpoint.protocol(), failure);
  if (!failure) {
    acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
    acceptor.bind(endpoint, failure);
  }
  if (!failure) {
    acceptor.listen(asio::socket_base::max_listen_connections, failure);
  }
  if (failure) {
    Failure ignored;
    acceptor.close(ignored);
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", state_->options.address, ": ", failure.message()));
  }
  asio::co_spawn(state_->executor, State::Accept(state_), asio::detached);
  return absl::OkStatus();
}

int Server::port() const {
  Failure ignored;
  return state_->acceptor.local_endpoint(ignored).port();
}

async::Task<void> Server::Stop(absl::Duration grace) {
  const std::shared_ptr<State> state = state_;
  Failure ignored;
  state->acceptor.close(ignored);
  for (const auto& connection : state->connections) {
    connection->should_end = true;
    if (!connection->is_busy) {
      connection->stream.close();
    }
  }
  if (!state->connections.empty()) {
    state->drained.expires_after(absl::ToChronoMicroseconds(grace));
    co_await state->drained.async_wait(kAwait);
  }
  state->Close();
  co_return absl::OkStatus();
}

}  // namespace houbu::http
