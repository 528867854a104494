// The client on one server that is slow, silent, full or not the one that was expected.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include "libs/redis/client.h"
#include "libs/redis/test_callers.h"
#include "libs/testing/test_redis_servers.h"

namespace houbu::redis {
namespace {

using testing::RedisProcess;

constexpr Refusal kStranger{absl::StatusCode::kUnavailable, "STRANGER", "Not this one."};

std::unique_ptr<RedisProcess> ServerOrSkip() {
  // A cluster of none is the word on whether there is a program.
  testing::RedisCluster::Size size;
  size.masters = 0;
  return testing::RedisCluster::OrSkip(size) == nullptr
             ? nullptr
             : std::make_unique<RedisProcess>(std::vector<std::string>());
}

Options Of(const RedisProcess& server) {
  Options options;
  options.port = server.address().port;
  options.call_timeout = absl::Milliseconds(400);
  options.slow_min = absl::Milliseconds(50);
  options.backoff_max = absl::Milliseconds(200);
  return options;
}

TEST_CASE("behind a server that says nothing callers do not pile up", "[libs][redis]") {
  const auto server = ServerOrSkip();
  if (!server) return;
  Callers callers(Of(*server));
  REQUIRE(callers.Run(callers.client().LoadLibrary(kBumpLibrary)).ok());
  server->Freeze();
  CHECK(absl::IsUnavailable(callers.Bump(0).status()));
  // From now on nobody waits: a thousand calls take no time.
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 1'000; ++i) {
    REQUIRE(absl::IsUnavailable(callers.Bump(0).status()));
  }
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::milliseconds(400));
  server->Thaw();
  testing::WaitUntil("it is trusted again", [&callers] { return callers.Bump(0).ok(); });
}

TEST_CASE("a server that answers everything late is left alone until it is faster",
          "[libs][redis]") {
  const auto server = ServerOrSkip();
  if (!server) return;
  Callers callers(Of(*server));
  REQUIRE(callers.Run(callers.client().LoadLibrary(kBumpLibrary)).ok());
  absl::Status refused;
  testing::WaitUntil("it is left alone", [&] {
    server->Do({"CLIENT", "PAUSE", "100", "ALL"});
    refused = callers.Bump(0).status();
    return absl::StrContains(refused.message(), "too slowly");
  });
  CHECK(absl::IsUnavailable(refused));
  testing::WaitUntil("it is trusted again", [&callers] { return callers.Bump(0).ok(); });
}

TEST_CASE("one server takes only so many calls at a time", "[libs][redis]") {
  const auto server = ServerOrSkip();
  if (!server) return;
  Options options = Of(*server);
  options.calls_max = 10;
  Callers callers(options);
  REQUIRE(callers.Run(callers.client().Ping()).ok());
  int done = 0;
  int refused = 0;
  for (int i = 0; i < 15; ++i) {
    std::vector<std::string> argv(1, "PING");
    boost::asio::co_spawn(callers.loop(), callers.client().Call(std::move(argv)),
                          [&](std::exception_ptr, const absl::StatusOr<Reply>& reply) {
                            done += reply.ok() ? 1 : 0;
                            refused += absl::IsUnavailable(reply.status()) ? 1 : 0;
                          });
  }
  while (done + refused < 15 && callers.loop().run_one() > 0) {
  }
  CHECK(done == 10);
  CHECK(refused == 5);
  CHECK(callers.Run(callers.client().Ping()).ok());
}

TEST_CASE("no function is sent to a server that is not admitted", "[libs][redis]") {
  const auto server = ServerOrSkip();
  if (!server) return;
  Callers callers(Of(*server));
  REQUIRE(callers.Run(callers.client().LoadLibrary(kBumpLibrary)).ok());
  const auto first = callers.Run(callers.client().IdentityOf(CounterOf(0)));
  REQUIRE(first.ok());
  std::vector<std::string> asked_for;
  callers.client().SetAdmission(
      [&asked_for, trusted = first->Text()](absl::string_view key, const Identity& identity) {
        asked_for.push_back(std::string(key.data(), key.size()));
        return identity.Text() == trusted ? absl::OkStatus() : Refuse(kStranger);
      });
  CHECK(callers.Bump(3).ok());
  CHECK(asked_for == std::vector<std::string>{CounterOf(3)});

  SECTION("because it is another life of the server") {
    server->Kill();
    server->Start();
    testing::WaitUntil("it is seen as another",
                       [&] { return ReasonOf(callers.Bump(3).status()) == "STRANGER"; });
    CHECK(server->Ask({"EXISTS", CounterOf(3)}) == "0");
    // Commands are nobody's promise.
    CHECK(callers.Call({"GET", "k"}, "k").ok());
  }
  SECTION("even where it became another one under a connection that stands") {
    const RedisProcess replica({absl::StrCat("replicaof 127.0.0.1 ", server->address().port)});
    testing::WaitUntil("the history has another name", [&] {
      return !absl::StrContains(server->Ask({"INFO", "REPLICATION"}), first->history);
    });
    // The connection still shows who it was when it was opened; whoever has learned better and
    // refuses it learns on the next try who it is now.
    const auto now = server->Ask({"INFO", "REPLICATION"});
    callers.client().SetAdmission([&now](absl::string_view, const Identity& identity) {
      return absl::StrContains(now, identity.history) ? absl::OkStatus() : Refuse(kStranger);
    });
    CHECK(ReasonOf(callers.Bump(3).status()) == "STRANGER");
    testing::WaitUntil("it is known again", [&] { return callers.Bump(3).ok(); });
  }
}

}  // namespace
}  // namespace houbu::redis
