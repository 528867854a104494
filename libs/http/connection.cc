#include "libs/http/connection.h"

#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "libs/base/text.h"

namespace houbu::http {
namespace {

namespace beast = boost::beast;
namespace asio = boost::asio;

using Parser = beast::http::request_parser<beast::http::string_body>;
using WireResponse = beast::http::response<beast::http::string_body>;
using Failure = boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr char kContinue[] = "HTTP/1.1 100 Continue\r\n\r\n";

std::chrono::microseconds ReadTimeout(const ServerOptions& options) {
  return absl::ToChronoMicroseconds(options.read_timeout);
}

Request ToRequest(Parser& parser, const Connection& connection) {
  auto& message = parser.get();
  Request request;
  request.method = std::string(message.method_string());
  request.url = std::string(message.target());
  for (const auto& field : message) {
    const auto name = field.name_string();
    const auto value = field.value();
    request.headers.Set(absl::string_view(name.data(), name.size()),
                        absl::string_view(value.data(), value.size()));
  }
  request.body = std::move(message.body());
  Failure ignored;
  const auto peer = connection.stream.socket().remote_endpoint(ignored);
  request.remote = ignored ? std::string() : peer.address().to_string();
  return request;
}

// A header value of ours never splits the answer, whatever a handler put into it.
std::string OneLine(std::string value) {
  for (char& c : value) {
    if (c == '\r' || c == '\n' || c == '\0') {
      c = ' ';
    }
  }
  return value;
}

WireResponse ToWire(Response response, bool is_head, bool keep_alive) {
  WireResponse wire;
  wire.version(11);
  wire.result(static_cast<unsigned>(response.status));
  for (const auto& [name, value] : response.headers.fields()) {
    wire.set(OneLine(name), OneLine(value));
  }
  wire.keep_alive(keep_alive);
  const std::size_t size = response.body.size();
  if (!is_head) {
    wire.body() = std::move(response.body);
  }
  wire.prepare_payload();
  if (is_head) {
    wire.content_length(size);
  }
  return wire;
}

// The answer to bytes that are no request; nothing when there is nobody to answer.
std::optional<Response> AnswerToFailure(const Failure& failure) {
  if (failure == beast::http::error::body_limit) {
    return ErrorResponse(413, "PAYLOAD_TOO_LARGE", "The body is too large.");
  }
  if (failure == beast::http::error::header_limit) {
    return ErrorResponse(431, "HEADERS_TOO_LARGE", "The headers are too large.");
  }
  if (failure == beast::error::timeout || failure == beast::http::error::end_of_stream ||
      failure == beast::http::error::partial_message ||
      failure.category() != make_error_code(beast::http::error::bad_method).category()) {
    return std::nullopt;
  }
  return ErrorResponse(400, "BAD_REQUEST", "This is not an HTTP/1.1 request.");
}

// Writes an answer; false when the connection is lost.
asio::awaitable<bool> Write(std::shared_ptr<Connection> connection, WireResponse wire,
                            ServerOptions options) {
  connection->stream.expires_after(ReadTimeout(options));
  const auto [failure, size] = co_await beast::http::async_write(connection->stream, wire, kAwait);
  co_return !failure;
}

// Reads the rest of a request whose header is in; some clients wait to be told to go on.
asio::awaitable<Failure> ReadBody(std::shared_ptr<Connection> connection,
                                  beast::flat_buffer& buffer, Parser& parser) {
  if (parser.get()[beast::http::field::expect] == "100-continue") {
    const auto go_on = asio::buffer(kContinue, sizeof(kContinue) - 1);
    const auto [failure, size] = co_await asio::async_write(connection->stream, go_on, kAwait);
    if (failure) {
      co_return failure;
    }
  }
  const auto [failure, size] =
      co_await beast::http::async_read(connection->stream, buffer, parser, kAwait);
  co_return failure;
}

// Reads one request whole.
asio::awaitable<Failure> Read(std::shared_ptr<Connection> connection, beast::flat_buffer& buffer,
                              Parser& parser, ServerOptions options) {
  connection->stream.expires_after(ReadTimeout(options));
  const auto [failure, size] =
      co_await beast::http::async_read_header(connection->stream, buffer, parser, kAwait);
  if (failure) {
    co_return failure;
  }
  connection->is_busy = true;
  co_return co_await ReadBody(connection, buffer, parser);
}

async::Task<Response> Answer(std::shared_ptr<const Routes> routes, Request request) {
  Response refusal;
  const Handler* handler = routes->Find(request, refusal);
  if (handler == nullptr) {
    co_return refusal;
  }
  co_return co_await (*handler)(std::move(request));
}

// Reads, answers, writes once; false when the connection ends with it.
asio::awaitable<bool> ServeOne(std::shared_ptr<Connection> connection,
                               std::shared_ptr<const Routes> routes, ServerOptions options,
                               beast::flat_buffer& buffer) {
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(options.header_bytes_max));
  parser.body_limit(options.body_bytes_max);
  const Failure failure = co_await Read(connection, buffer, parser, options);
  if (failure) {
    std::optional<Response> answer = AnswerToFailure(failure);
    if (answer.has_value()) {
      WireResponse wire = ToWire(*std::move(answer), false, false);
      (void)co_await Write(connection, std::move(wire), options);
    }
    co_return false;
  }
  Request request = ToRequest(parser, *connection);
  const bool is_head = request.method == "HEAD";
  connection->stream.expires_never();
  async::Outcome<Response> outcome = co_await Answer(routes, std::move(request));
  Response response =
      outcome.ok() ? *std::move(outcome) : FailureResponse(std::move(outcome).status());
  const bool keep_alive = parser.get().keep_alive() && !connection->should_end;
  WireResponse wire = ToWire(std::move(response), is_head, keep_alive);
  const bool is_written = co_await Write(connection, std::move(wire), options);
  connection->is_busy = false;
  co_return is_written&& keep_alive && !connection->should_end;
}

}  // namespace

asio::awaitable<void> ServeConnection(std::shared_ptr<Connection> connection,
                                      std::shared_ptr<const Routes> routes, ServerOptions options) {
  beast::flat_buffer buffer;
  bool goes_on = true;
  while (goes_on && !connection->should_end) {
    goes_on = co_await ServeOne(connection, routes, options, buffer);
  }
  Failure ignored;
  connection->stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  connection->stream.close();
}

}  // namespace houbu::http
