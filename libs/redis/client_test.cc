#include "libs/redis/client.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include "libs/redis/errors.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_redis.h"

namespace houbu::redis {
namespace {

using testing::RunTask;

constexpr char kLibrary[] = R"lua(#!lua name=houbu_test
redis.register_function('echo', function(keys, args)
  return {keys[1], args[1], 7, false}
end)
redis.register_function('refuse', function(keys, args)
  return redis.error_reply('SOLD_OUT nothing is left')
end)
redis.register_function('fail', function(keys, args)
  return redis.call('INCR', keys[1], 'too', 'many')
end)
redis.register_function('version', function(keys, args) return 1 end)
)lua";

/// A loop and a client on the test server.
class Bench final {
 public:
  explicit Bench(const testing::TestRedis& server, absl::Duration timeout = absl::Seconds(2))
      : client_(loop_.get_executor(), With(server, timeout)) {}

  Client& client() { return client_; }
  boost::asio::io_context& loop() { return loop_; }

  absl::StatusOr<Reply> Call(std::vector<std::string> argv) {
    return RunTask(loop_, client_.Call(std::move(argv)));
  }
  absl::StatusOr<Reply> Function(std::string name) {
    const std::vector<std::string> keys = {"{s00}:k"};
    const std::vector<std::string> args = {"候补"};
    return RunTask(loop_, client_.Function(std::move(name), keys, args));
  }

 private:
  static Options With(const testing::TestRedis& server, absl::Duration timeout) {
    Options options;
    options.host = server.host();
    options.port = server.port();
    options.call_timeout = timeout;
    return options;
  }

  boost::asio::io_context loop_{1};
  Client client_;
};

TEST_CASE("commands are answered with what Redis says", "[libs][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Bench bench(*server);
  const std::string bytes("\0候补\r\n", 9);
  CHECK(bench.Call({"SET", "k", bytes}).value().text() == "OK");
  CHECK(bench.Call({"GET", "k"}).value().Text().value() == bytes);
  CHECK(bench.Call({"GET", "none"}).value().IsNil());
  CHECK(bench.Call({"INCR", "n"}).value().Integer().value() == 1);
  CHECK(bench.Call({"GET", "n"}).value().Integer().value() == 1);
  REQUIRE(bench.Call({"RPUSH", "l", "a", ""}).ok());
  CHECK(bench.Call({"LRANGE", "l", "0", "-1"}).value().Texts().value() ==
        std::vector<std::string>{"a", ""});
  CHECK(bench.Call({"LRANGE", "none", "0", "-1"}).value().items().empty());
  CHECK(absl::IsInternal(bench.Call({"INCR", "l"}).status()));
  CHECK(absl::IsInternal(bench.Call({"NONSENSE"}).status()));
  CHECK(absl::IsInternal(bench.Call({"GET", "none"}).value().Text().status()));
  CHECK(RunTask(bench.loop(), bench.client().Ping()).ok());
}

TEST_CASE("many calls at once are answered each with its own", "[libs][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Bench bench(*server);
  constexpr int kCalls = 2'000;
  const std::string padding(10'000, 'x');
  int answered = 0;
  for (int i = 0; i < kCalls; ++i) {
    std::vector<std::string> argv = {"ECHO", absl::StrCat(i, padding)};
    boost::asio::co_spawn(
        bench.loop(), bench.client().Call(std::move(argv)),
        [&answered, i, &padding](std::exception_ptr, const absl::StatusOr<Reply>& reply) {
          REQUIRE(reply.ok());
          CHECK(reply->text() == absl::StrCat(i, padding));
          ++answered;
        });
  }
  while (answered < kCalls && bench.loop().run_one() > 0) {
  }
  CHECK(answered == kCalls);
}

TEST_CASE("functions answer, refuse with a reason, or fail", "[libs][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Bench bench(*server);
  REQUIRE(RunTask(bench.loop(), bench.client().LoadLibrary(kLibrary)).ok());
  const auto echoed = bench.Function("echo");
  REQUIRE(echoed.ok());
  REQUIRE(echoed->items().size() == 4);
  CHECK(echoed->items()[0].text() == "{s00}:k");
  CHECK(echoed->items()[1].text() == "候补");
  CHECK(echoed->items()[2].integer() == 7);
  CHECK(echoed->items()[3].IsNil());
  const absl::Status refused = bench.Function("refuse").status();
  CHECK(absl::IsFailedPrecondition(refused));
  CHECK(ReasonOf(refused) == "SOLD_OUT");
  CHECK(refused.message() == "nothing is left");
  CHECK(absl::IsInternal(bench.Function("fail").status()));
  CHECK(absl::IsInternal(bench.Function("unknown").status()));
  CHECK_FALSE(RunTask(bench.loop(), bench.client().LoadLibrary("#!lua name=x\nnot lua")).ok());
}

TEST_CASE("a library loaded again replaces its earlier version", "[libs][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Bench bench(*server);
  REQUIRE(RunTask(bench.loop(), bench.client().LoadLibrary(kLibrary)).ok());
  const std::string newer =
      "#!lua name=houbu_test\nredis.register_function('version', function() return 2 end)";
  REQUIRE(RunTask(bench.loop(), bench.client().LoadLibrary(newer)).ok());
  CHECK(bench.Function("version").value().integer() == 2);
  server->Flush();
  CHECK(bench.Function("version").value().integer() == 2);
}

TEST_CASE("a Redis that lost its functions gets them again", "[libs][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Bench bench(*server);
  REQUIRE(RunTask(bench.loop(), bench.client().LoadLibrary(kLibrary)).ok());
  server->Flush();
  CHECK(bench.Function("version").value().integer() == 1);
}

TEST_CASE("a killed connection is an outage once, then replaced", "[libs][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Bench bench(*server);
  REQUIRE(RunTask(bench.loop(), bench.client().LoadLibrary(kLibrary)).ok());
  const auto id = bench.Call({"CLIENT", "ID"});
  REQUIRE(id.ok());
  // Kills itself: the answer is lost with the connection.
  const auto killed =
      bench.Call({"CLIENT", "KILL", "ID", absl::StrCat(id->integer()), "SKIPME", "no"});
  REQUIRE(bench.Call({"FUNCTION", "LIST"}).status().code() != absl::StatusCode::kInternal);
  CHECK(bench.Function("version").value().integer() == 1);
  CHECK(bench.Call({"CLIENT", "ID"}).value().integer() > id->integer());
}

TEST_CASE("calls on their way fail when the connection is lost", "[libs][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Bench bench(*server);
  Bench other(*server);
  const auto id = bench.Call({"CLIENT", "ID"});
  REQUIRE(id.ok());
  absl::Status outcome;
  bool ended = false;
  const std::vector<std::string> blocking = {"BLPOP", "none", "0"};
  boost::asio::co_spawn(bench.loop(), bench.client().Call(blocking),
                        [&](std::exception_ptr, const absl::StatusOr<Reply>& reply) {
                          outcome = reply.status();
                          ended = true;
                        });
  bench.loop().run_for(std::chrono::milliseconds(20));
  REQUIRE(other.Call({"CLIENT", "KILL", "ID", absl::StrCat(id->integer())}).ok());
  while (!ended && bench.loop().run_one() > 0) {
  }
  CHECK(absl::IsUnavailable(outcome));
  CHECK(ReasonOf(outcome) == "REDIS_UNAVAILABLE");
  CHECK(bench.Call({"PING"}).ok());
}

TEST_CASE("a Redis that does not answer in time is an outage", "[libs][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Bench bench(*server, absl::Milliseconds(50));
  REQUIRE(bench.Call({"SET", "k", "v"}).ok());
  REQUIRE(bench.Call({"CLIENT", "PAUSE", "200", "ALL"}).ok());
  CHECK(absl::IsUnavailable(bench.Call({"GET", "k"}).status()));
  absl::StatusOr<Reply> reply = absl::UnavailableError("");
  for (int tries = 0; tries < 100 && !reply.ok(); ++tries) {
    CHECK(absl::IsUnavailable(reply.status()));
    REQUIRE(RunTask(bench.loop(), async::Sleep(absl::Milliseconds(20))).ok());
    reply = bench.Call({"GET", "k"});
  }
  REQUIRE(reply.ok());
  CHECK(reply->text() == "v");
}

TEST_CASE("a Redis that is away is tried again only after a while", "[libs][redis]") {
  boost::asio::io_context loop(1);
  Options options;
  options.port = 1;
  options.backoff_first = absl::Minutes(1);
  options.backoff_max = absl::Minutes(1);
  Client client(loop.get_executor(), options);
  const absl::Status first = RunTask(loop, client.Ping());
  CHECK(absl::IsUnavailable(first));
  loop.poll();
  const absl::Status second = RunTask(loop, client.Ping());
  CHECK(absl::IsUnavailable(second));
  CHECK(std::string(second.message()).find("Waiting") != std::string::npos);
  CHECK(absl::IsUnavailable(RunTask(loop, client.LoadLibrary(kLibrary))));
}

TEST_CASE("a host is found by its name, or is an outage", "[libs][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  boost::asio::io_context loop(1);
  Options options;
  options.host = "localhost";
  options.port = server->port();
  Client client(loop.get_executor(), options);
  CHECK(RunTask(loop, client.Ping()).ok());
  options.host = "no-such-host.invalid";
  Client lost(loop.get_executor(), options);
  CHECK(absl::IsUnavailable(RunTask(loop, lost.Ping())));
}

TEST_CASE("a closed client refuses", "[libs][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Bench bench(*server);
  REQUIRE(bench.Call({"PING"}).ok());
  bench.client().Close();
  CHECK(absl::IsUnavailable(bench.Call({"PING"}).status()));
}

TEST_CASE("a client may go with calls on their way", "[libs][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  auto bench = std::make_unique<Bench>(*server);
  REQUIRE(bench->Call({"PING"}).ok());
  const std::vector<std::string> blocking = {"BLPOP", "none", "0"};
  boost::asio::co_spawn(bench->loop(), bench->client().Call(blocking),
                        [](std::exception_ptr, const absl::StatusOr<Reply>&) { CHECK(false); });
  bench->loop().run_for(std::chrono::milliseconds(20));
  bench.reset();
}

}  // namespace
}  // namespace houbu::redis
