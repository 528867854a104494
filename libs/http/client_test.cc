#include "libs/http/client.h"

#include "absl/strings/str_cat.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/base/refusal.h"
#include "libs/http/server.h"
#include "libs/testing/run_task.h"

namespace houbu::http {
namespace {

async::Task<Response> Echo(Request request) {
  Response response = TextResponse(418, request.body);
  response.headers.Set("X-Method", request.method);
  response.headers.Set("X-Type", request.headers.Get("Content-Type"));
  response.headers.Set("X-Signature", request.headers.Get("X-Signature"));
  response.headers.Set("X-Has-Expect", request.headers.Get("Expect").empty() ? "no" : "yes");
  co_return response;
}

async::Task<Response> AnswerSlowly(Request) {
  (void)co_await async::Sleep(absl::Milliseconds(200));
  co_return TextResponse(200, "slow");
}

async::Task<Response> AnswerAtLength(Request) {
  co_return TextResponse(200, std::string(5000, 'x'));
}

async::Task<Response> Redirect(Request) {
  Response response = TextResponse(302, "");
  response.headers.Set("Location", "/slow");
  co_return response;
}

// A client and a server that talk to each other on one loop.
struct Bench {
  boost::asio::io_context loop{1};
  Server server;
  async::WorkerPool pool;
  Client client;

  Bench() : server(loop.get_executor(), Generous()), pool(Threads()), client(pool, Strict()) {
    server.Handle("GET", "/echo", Echo);
    server.Handle("POST", "/echo", Echo);
    server.Handle("GET", "/slow", AnswerSlowly);
    server.Handle("GET", "/long", AnswerAtLength);
    server.Handle("GET", "/redirect", Redirect);
    REQUIRE(server.Start().ok());
  }

  static ServerOptions Generous() {
    ServerOptions options;
    options.body_bytes_max = std::size_t{8} << 20;
    return options;
  }

  static async::WorkerPoolOptions Threads() {
    async::WorkerPoolOptions options;
    options.threads = 2;
    return options;
  }

  static ClientOptions Strict() {
    ClientOptions options;
    options.connect_timeout = absl::Milliseconds(500);
    options.response_bytes_max = 4000;
    return options;
  }

  Request To(absl::string_view path) const {
    Request request;
    request.url = absl::StrCat("http://127.0.0.1:", server.port(), path);
    return request;
  }

  absl::StatusOr<Response> Send(Request request) {
    return testing::RunTask(loop, client.Send(std::move(request)));
  }
};

}  // namespace

TEST_CASE("a client gives back what the peer answered, whatever it is", "[http][client]") {
  Bench bench;
  Request request = bench.To("/echo");
  request.method = "POST";
  request.body = std::string("a\0b", 3);
  request.headers.Set("Content-Type", "application/json");
  request.headers.Set("X-Signature", "s");
  const absl::StatusOr<Response> response = bench.Send(std::move(request));
  REQUIRE(response.ok());
  CHECK(response->status == 418);
  CHECK(response->body == std::string("a\0b", 3));
  CHECK(response->headers.Get("x-method") == "POST");
  CHECK(response->headers.Get("x-type") == "application/json");
  CHECK(response->headers.Get("x-signature") == "s");
}

TEST_CASE("a client adds neither body, type nor expectation", "[http][client]") {
  Bench bench;
  const absl::StatusOr<Response> got = bench.Send(bench.To("/echo"));
  REQUIRE(got.ok());
  CHECK(got->headers.Get("x-method") == "GET");
  CHECK(got->body.empty());
  Request request = bench.To("/echo");
  request.method = "POST";
  const absl::StatusOr<Response> posted = bench.Send(std::move(request));
  REQUIRE(posted.ok());
  CHECK(posted->headers.Get("x-method") == "POST");
  CHECK(posted->headers.Get("x-type").empty());
  Request large = bench.To("/echo");
  large.method = "POST";
  large.body = std::string(3'000'000, 'x');
  CHECK(ReasonOf(bench.Send(std::move(large)).status()) == "RESPONSE_TOO_LARGE");
}

TEST_CASE("a client follows no redirect", "[http][client]") {
  Bench bench;
  const absl::StatusOr<Response> response = bench.Send(bench.To("/redirect"));
  REQUIRE(response.ok());
  CHECK(response->status == 302);
  CHECK(response->headers.Get("Location") == "/slow");
}

TEST_CASE("an answer beyond the limit is refused", "[http][client]") {
  Bench bench;
  CHECK(ReasonOf(bench.Send(bench.To("/long")).status()) == "RESPONSE_TOO_LARGE");
}

TEST_CASE("a client tells an outcome unknown from a peer away", "[http][client]") {
  Bench bench;
  Request slow = bench.To("/slow");
  slow.timeout = absl::Milliseconds(50);
  CHECK(absl::IsDeadlineExceeded(bench.Send(std::move(slow)).status()));
  Request late = bench.To("/echo");
  late.timeout = absl::ZeroDuration();
  CHECK(absl::IsUnavailable(bench.Send(std::move(late)).status()));
  const Request nobody = bench.To("/echo");
  CHECK(testing::RunTask(bench.loop, bench.server.Stop(absl::ZeroDuration())).ok());
  CHECK(absl::IsUnavailable(bench.Send(nobody).status()));
}

TEST_CASE("a malformed request never leaves", "[http][client]") {
  Bench bench;
  Request split = bench.To("/echo");
  split.headers.Set("X-Signature", "a\r\nX-Evil: b");
  CHECK(absl::IsInvalidArgument(bench.Send(std::move(split)).status()));
  Request method = bench.To("/echo");
  method.method = "GET / HTTP/1.1\r\nX:";
  CHECK(absl::IsInvalidArgument(bench.Send(std::move(method)).status()));
  for (const char* bad :
       {"", "http://", "file:///etc/passwd", "ftp://127.0.0.1/", "http://127.0.0.1:1\r\nX: y/"}) {
    CAPTURE(bad);
    Request request;
    request.url = bad;
    CHECK(absl::IsInvalidArgument(bench.Send(std::move(request)).status()));
  }
}

}  // namespace houbu::http
