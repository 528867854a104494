// The client on servers that Sentinels choose the master of.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "libs/redis/client.h"
#include "libs/redis/test_callers.h"
#include "libs/testing/test_redis_servers.h"

namespace houbu::redis {
namespace {

using testing::RedisProcess;
using testing::SentinelGroup;

Options Of(const SentinelGroup& group) {
  Options options;
  options.mode = Mode::kSentinel;
  options.addresses = group.addresses();
  options.sentinel_master = SentinelGroup::kName;
  return options;
}

Address MasterOf(Callers& callers) {
  const auto identity = callers.Run(callers.client().IdentityOf(CounterOf(0)));
  return identity.ok() ? identity->address : Address();
}

TEST_CASE("the master that Sentinels name is used, and the next one after it",
          "[libs][redis][sentinel]") {
  const auto group = SentinelGroup::OrSkip();
  if (!group) return;
  Callers callers(Of(*group));
  REQUIRE(callers.Run(callers.client().LoadLibrary(kBumpLibrary)).ok());
  CHECK(callers.Bump(0)->integer() == 1);
  CHECK(MasterOf(callers) == group->master().address());
  CHECK(callers.Run(callers.client().Ping()).ok());
  const auto before = callers.Run(callers.client().IdentityOf(CounterOf(0)));
  callers.Begin(2);
  callers.For(absl::Milliseconds(100));

  SECTION("when it only falls silent, and comes back") {
    group->master().Freeze();
    group->WaitUntilNamed(group->replica());
    callers.UntilAnswered(0);
    group->master().Thaw();
    callers.For(absl::Milliseconds(200));
    CHECK(callers.Bump(0).ok());
  }
  SECTION("when it was replaced and has not heard of it") {
    group->PutReplicaInPlace();
    REQUIRE(absl::StartsWith(group->master().Ask({"ROLE"}), "master"));
    testing::WaitUntil("the new one is used", [&group, &callers] {
      callers.For(absl::Milliseconds(50));
      return MasterOf(callers) == group->replica().address();
    });
    const std::string forgotten = group->master().Ask({"GET", CounterOf(0)});
    callers.For(absl::Milliseconds(200));
    CHECK(callers.Bump(0).ok());
    CHECK(group->master().Ask({"GET", CounterOf(0)}) == forgotten);
  }
  callers.Stop();
  CHECK(MasterOf(callers) == group->replica().address());
  const auto after = callers.Run(callers.client().IdentityOf(CounterOf(0)));
  REQUIRE(after.ok());
  CHECK(after->Text() != before->Text());
  CHECK(callers.of(0).surprises.empty());
  CHECK(callers.of(1).surprises.empty());
}

TEST_CASE("too few Sentinels name no master", "[libs][redis][sentinel]") {
  const auto group = SentinelGroup::OrSkip();
  if (!group) return;
  group->sentinel(0).Kill();
  {
    Callers callers(Of(*group));
    CHECK(callers.Run(callers.client().Ping()).ok());
  }
  group->sentinel(1).Kill();
  Callers callers(Of(*group));
  CHECK(absl::IsUnavailable(callers.Run(callers.client().Ping())));
  group->sentinel(1).Start();
  testing::WaitUntil("a majority is back",
                     [&callers] { return callers.Run(callers.client().Ping()).ok(); });
  Options options = Of(*group);
  options.sentinel_master = "another";
  Callers strangers(options);
  CHECK(absl::IsUnavailable(strangers.Run(strangers.client().Ping())));
}

TEST_CASE("a server that is a replica is not taken for the master", "[libs][redis][sentinel]") {
  const auto group = SentinelGroup::OrSkip();
  if (!group) return;
  Callers callers(Of(*group));
  REQUIRE(callers.Run(callers.client().LoadLibrary(kBumpLibrary)).ok());
  // The Sentinels have not noticed; whoever connects now must.
  group->master().Do({"REPLICAOF", "127.0.0.1", absl::StrCat(group->replica().address().port)});
  const absl::Status refused = callers.Bump(0).status();
  CHECK(absl::IsUnavailable(refused));
}

}  // namespace
}  // namespace houbu::redis
