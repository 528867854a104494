#include "libs/http/server.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include "libs/base/refusal.h"
#include "libs/testing/run_task.h"

namespace houbu::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

async::Task<Response> Echo(Request request) {
  co_return TextResponse(200, absl::StrCat(request.method, " ", request.url, " ", request.body));
}

async::Task<Response> AnswerSlowly(Request request) {
  CHECK(request.method == "GET");
  const absl::Status slept = co_await async::Sleep(absl::Milliseconds(80));
  CHECK(slept.ok());
  co_return TextResponse(200, "slow");
}

async::Task<Response> Fail(Request request) {
  if (PathOf(request) == "/fail/refused") {
    co_return StatusWithReason(absl::StatusCode::kFailedPrecondition, "BAD_SIGNATURE", "No.");
  }
  co_return absl::InternalError("the secret cause");
}

async::Task<Response> Split(Request) {
  Response response;
  response.headers.Set("X-Note", "a\r\nX-Evil: b");
  co_return response;
}

// A server on a free port with small limits.
struct Bench {
  asio::io_context loop{1};
  Server server;

  explicit Bench(ServerOptions options = Small()) : server(loop.get_executor(), options) {
    server.Handle("POST", "/echo", Echo);
    server.Handle("GET", "/echo", Echo);
    server.Handle("GET", "/echo/*", Echo);
    server.Handle("GET", "/echo/slow", AnswerSlowly);
    server.Handle("GET", "/fail/*", Fail);
    server.Handle("GET", "/split", Split);
    REQUIRE(server.Start().ok());
  }

  static ServerOptions Small() {
    ServerOptions options;
    options.body_bytes_max = 100;
    options.header_bytes_max = 1000;
    options.read_timeout = absl::Milliseconds(200);
    return options;
  }

  // Sends `bytes` and returns everything that comes back until the server closes.
  async::Task<std::string> Talk(std::string bytes) {
    tcp::socket socket(loop);
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(),
                                 static_cast<unsigned short>(server.port()));
    co_await socket.async_connect(endpoint, kAwait);
    const auto sent = asio::buffer(bytes);
    co_await asio::async_write(socket, sent, kAwait);
    std::string answer;
    auto received = asio::dynamic_buffer(answer);
    co_await asio::async_read(socket, received, kAwait);
    co_return answer;
  }

  std::string Say(std::string bytes) { return *testing::RunTask(loop, Talk(std::move(bytes))); }

  // One request on a connection of its own; returns the whole answer.
  std::string Get(absl::string_view path) {
    return Say(absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  }
};

bool IsStatus(absl::string_view answer, int status) {
  return absl::StartsWith(answer, absl::StrCat("HTTP/1.1 ", status, " "));
}

}  // namespace

TEST_CASE("requests find their handler by method and path", "[http][server]") {
  Bench bench;
  CHECK(absl::EndsWith(bench.Get("/echo?x=1"), "\r\n\r\nGET /echo?x=1 "));
  CHECK(absl::EndsWith(bench.Get("/echo/deep/er"), "GET /echo/deep/er "));
  CHECK(absl::EndsWith(bench.Get("/echo/slow"), "\r\n\r\nslow"));
  CHECK(absl::EndsWith(bench.Say("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
                                 "Connection: close\r\n\r\nhi"),
                       "POST /echo hi"));
}

TEST_CASE("what has no handler is answered in small JSON", "[http][server]") {
  Bench bench;
  const std::string missing = bench.Get("/nowhere");
  CHECK(IsStatus(missing, 404));
  CHECK(absl::StrContains(missing, "{\"error\":\"NOT_FOUND\""));
  const std::string wrong = bench.Say("PUT /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK(IsStatus(wrong, 405));
  CHECK(absl::StrContains(wrong, "Allow: POST, GET\r\n"));
}

TEST_CASE("HEAD is GET without the body", "[http][server]") {
  Bench bench;
  const std::string answer =
      bench.Say("HEAD /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK(IsStatus(answer, 200));
  CHECK(absl::StrContains(answer, "Content-Length: 11\r\n"));
  CHECK(absl::EndsWith(answer, "\r\n\r\n"));
}

TEST_CASE("one connection carries several requests", "[http][server]") {
  Bench bench;
  const std::string answer = bench.Say(
      "GET /echo?1 HTTP/1.1\r\nHost: h\r\n\r\n"
      "GET /echo?2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK(absl::StrContains(answer, "GET /echo?1 HTTP/1.1 200 OK"));
  CHECK(absl::EndsWith(answer, "GET /echo?2 "));
}

TEST_CASE("what is too large or malformed is refused", "[http][server]") {
  Bench bench;
  CHECK(IsStatus(bench.Say(absl::StrCat("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 101"
                                        "\r\n\r\n",
                                        std::string(101, 'x'))),
                 413));
  const std::string chunk = absl::StrCat("33\r\n", std::string(0x33, 'x'), "\r\n");
  CHECK(IsStatus(bench.Say(absl::StrCat("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
                                        "chunked\r\n\r\n",
                                        chunk, chunk, "0\r\n\r\n")),
                 413));
  CHECK(IsStatus(
      bench.Say(absl::StrCat("GET /echo HTTP/1.1\r\nX: ", std::string(1000, 'x'), "\r\n\r\n")),
      431));
  CHECK(IsStatus(bench.Say("\x16\x03\x01 this is no HTTP\r\n\r\n"), 400));
  CHECK(IsStatus(bench.Get("/echo"), 200));
}

TEST_CASE("a client that never finishes its request is dropped", "[http][server]") {
  Bench bench;
  CHECK(bench.Say("GET /echo HTTP/1.1\r\nHost:").empty());
  CHECK(bench.Say("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf").empty());
}

TEST_CASE("a client that asks whether to go on is told so", "[http][server]") {
  Bench bench;
  const std::string answer = bench.Say(
      "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
      "Connection: close\r\n\r\nhi");
  CHECK(IsStatus(answer, 100));
  CHECK(absl::EndsWith(answer, "POST /echo hi"));
}

TEST_CASE("a handler's failure is told, our own bug's cause is not", "[http][server]") {
  Bench bench;
  const std::string refused = bench.Get("/fail/refused");
  CHECK(IsStatus(refused, 409));
  CHECK(absl::StrContains(refused, "BAD_SIGNATURE"));
  const std::string bug = bench.Get("/fail/bug");
  CHECK(IsStatus(bug, 500));
  CHECK_FALSE(absl::StrContains(bug, "secret"));
}

TEST_CASE("a handler cannot split its answer", "[http][server]") {
  Bench bench;
  CHECK_FALSE(absl::StrContains(bench.Get("/split"), "\r\nX-Evil"));
}

TEST_CASE("a stopping server ends what is under way and lets idle clients go", "[http][server]") {
  Bench bench(ServerOptions{});
  std::string idle = "not over";
  std::string busy;
  asio::co_spawn(bench.loop, bench.Talk(""),
                 [&idle](std::exception_ptr, absl::StatusOr<std::string> got) { idle = *got; });
  asio::co_spawn(bench.loop, bench.Talk("GET /echo/slow HTTP/1.1\r\nHost: h\r\n\r\n"),
                 [&busy](std::exception_ptr, absl::StatusOr<std::string> got) { busy = *got; });
  CHECK(testing::RunTask(bench.loop, async::Sleep(absl::Milliseconds(20))).ok());
  CHECK(testing::RunTask(bench.loop, bench.server.Stop(absl::Seconds(5))).ok());
  bench.loop.restart();
  bench.loop.run();
  CHECK(idle.empty());
  CHECK(absl::EndsWith(busy, "\r\n\r\nslow"));
  CHECK(absl::StrContains(busy, "Connection: close\r\n"));
}

TEST_CASE("a stopping server waits no longer than its grace", "[http][server]") {
  Bench bench;
  std::string busy = "not over";
  asio::co_spawn(bench.loop, bench.Talk("GET /echo/slow HTTP/1.1\r\nHost: h\r\n\r\n"),
                 [&busy](std::exception_ptr, absl::StatusOr<std::string> got) { busy = *got; });
  CHECK(testing::RunTask(bench.loop, async::Sleep(absl::Milliseconds(20))).ok());
  CHECK(testing::RunTask(bench.loop, bench.server.Stop(absl::Milliseconds(5))).ok());
  bench.loop.restart();
  bench.loop.run();
  CHECK(busy.empty());
}

TEST_CASE("an address in use or malformed does not start", "[http][server]") {
  Bench bench;
  ServerOptions options;
  options.address = absl::StrCat("127.0.0.1:", bench.server.port());
  Server second(bench.loop.get_executor(), options);
  CHECK(absl::IsUnavailable(second.Start()));
  for (const char* bad : {"", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:65536"}) {
    CAPTURE(bad);
    options.address = bad;
    Server broken(bench.loop.get_executor(), options);
    CHECK(absl::IsInvalidArgument(broken.Start()));
  }
}

}  // namespace houbu::http
