// The client on a cluster of real servers.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include <catch2/catch.hpp>

#include "libs/redis/client.h"
#include "libs/redis/keys.h"
#include "libs/redis/test_callers.h"
#include "libs/testing/test_redis_servers.h"

namespace houbu::redis {
namespace {

using testing::RedisCluster;
using testing::RedisProcess;

constexpr int kShards = 16;
// Looks until an order that did not lead to anything is given again: about six seconds of them.
constexpr int kLooksAnOrder = 300;

Options Of(const RedisCluster& cluster) {
  Options options;
  options.mode = Mode::kCluster;
  options.addresses = cluster.addresses();
  return options;
}

int SlotOfShard(int shard) { return SlotOf(CounterOf(shard)); }

int ShardOn(const RedisCluster& cluster, int master) {
  for (int shard = 0; shard < kShards; ++shard) {
    if (cluster.MasterOf(CounterOf(shard)) == master) {
      return shard;
    }
  }
  FAIL("no shard on master " << master);
  return 0;
}

std::unique_ptr<RedisCluster> ThreeMasters() {
  RedisCluster::Size size;
  return RedisCluster::OrSkip(size);
}

TEST_CASE("in a cluster each shard is served by its own master", "[libs][redis][cluster]") {
  const auto cluster = ThreeMasters();
  if (!cluster) return;
  Callers callers(Of(*cluster));
  REQUIRE(callers.Run(callers.client().LoadLibrary(kBumpLibrary)).ok());
  CHECK(callers.Run(callers.client().Ping()).ok());
  for (int shard = 0; shard < kShards; ++shard) {
    REQUIRE(callers.Bump(shard).ok());
    const int master = cluster->MasterOf(CounterOf(shard));
    CHECK(cluster->master(master).Ask({"GET", CounterOf(shard)}) == "1");
    const auto identity = callers.Run(callers.client().IdentityOf(CounterOf(shard)));
    REQUIRE(identity.ok());
    CHECK(identity->address == cluster->master(master).address());
    CHECK(identity->master);
  }
  CHECK(
      absl::IsInternal(callers.Call({"MGET", CounterOf(0), CounterOf(1)}, CounterOf(0)).status()));

  // While a slot moves, commands find each key and functions wait.
  const int shard = ShardOn(*cluster, 0);
  const std::string key = CounterOf(shard);
  RedisProcess& from = cluster->master(0);
  RedisProcess& to = cluster->master(1);
  cluster->BeginMove(SlotOfShard(shard), from, to);
  // Nothing has moved yet; the function would find what it creates at neither.
  CHECK(absl::IsUnavailable(callers.Bump(shard).status()));
  cluster->MoveKey(key, from, to);
  CHECK(callers.Call({"GET", key}, key)->text() == "1");
  CHECK(callers.Call({"GET", key + ":other"}, key)->text() == "1");
  CHECK(callers.Call({"SET", key + ":new", "v"}, key).ok());
  CHECK(to.Ask({"CLUSTER", "COUNTKEYSINSLOT", absl::StrCat(SlotOfShard(shard))}) == "2");
  CHECK(absl::IsUnavailable(callers.Bump(shard).status()));
  cluster->EndMove(SlotOfShard(shard), from, to);
  CHECK(callers.Bump(shard)->integer() == 2);
  CHECK(callers.Call({"GET", key}, key)->text() == "2");

  // A node that has never had a slot gets one, and the functions with the first call.
  RedisProcess& empty = cluster->AddEmpty();
  cluster->BeginMove(SlotOfShard(shard), to, empty);
  cluster->EndMove(SlotOfShard(shard), to, empty);
  CHECK(callers.Bump(shard)->integer() == 3);
  CHECK(callers.Run(callers.client().IdentityOf(key))->address == empty.address());
  CHECK(callers.Bump(ShardOn(*cluster, 1))->integer() == 2);
}

TEST_CASE("slots moved under load lose and double nothing", "[libs][redis][cluster]") {
  const auto cluster = ThreeMasters();
  if (!cluster) return;
  Callers callers(Of(*cluster));
  REQUIRE(callers.Run(callers.client().LoadLibrary(kBumpLibrary)).ok());
  const int shard = ShardOn(*cluster, 0);
  callers.Begin(kShards);
  callers.For(absl::Milliseconds(100));
  for (int round = 0; round < 3; ++round) {
    RedisProcess& from = cluster->master(round % 2 == 0 ? 0 : 1);
    RedisProcess& to = cluster->master(round % 2 == 0 ? 1 : 0);
    cluster->BeginMove(SlotOfShard(shard), from, to);
    callers.For(absl::Milliseconds(50));
    cluster->MoveKey(CounterOf(shard), from, to);
    callers.For(absl::Milliseconds(50));
    cluster->EndMove(SlotOfShard(shard), from, to);
    callers.UntilAnswered(shard);
  }
  callers.Stop();
  for (int each = 0; each < kShards; ++each) {
    callers.CheckCounts(each);
    CHECK(callers.of(each).done > 0);
  }
}

TEST_CASE("a cluster is found through any node that has met it", "[libs][redis][cluster]") {
  const auto cluster = ThreeMasters();
  if (!cluster) return;
  const RedisProcess alone({"cluster-enabled yes"});
  const RedisProcess single((std::vector<std::string>()));
  Options options = Of(*cluster);
  options.addresses = {alone.address(), single.address(), Address{"127.0.0.1", 1},
                       cluster->master(2).address()};
  Callers callers(options);
  REQUIRE(callers.Run(callers.client().LoadLibrary(kBumpLibrary)).ok());
  for (int shard = 0; shard < kShards; ++shard) {
    CHECK(callers.Bump(shard).ok());
  }
  options.addresses = {alone.address(), single.address()};
  Callers lost(options);
  CHECK(absl::IsUnavailable(lost.Bump(0).status()));
  CHECK(absl::IsUnavailable(lost.Run(lost.client().Ping())));
}

TEST_CASE("a master lost without a replica takes its own shards along, or all of them",
          "[libs][redis][cluster]") {
  const auto cluster = ThreeMasters();
  if (!cluster) return;
  Callers callers(Of(*cluster));
  REQUIRE(callers.Run(callers.client().LoadLibrary(kBumpLibrary)).ok());
  const int lost = ShardOn(*cluster, 0);
  const int kept = ShardOn(*cluster, 1);
  REQUIRE(callers.Bump(lost).ok());
  REQUIRE(callers.Bump(kept).ok());
  cluster->master(0).Kill();
  CHECK(absl::IsUnavailable(callers.Bump(lost).status()));
  // Nobody has missed it yet.
  CHECK(callers.Bump(kept).ok());
  testing::WaitUntil("the cluster is down", [&cluster] {
    return absl::StrContains(cluster->master(1).Ask({"CLUSTER", "INFO"}), "cluster_state:fail");
  });
  CHECK(absl::IsUnavailable(callers.Bump(lost).status()));
  CHECK(absl::IsUnavailable(callers.Bump(kept).status()));
  CHECK(callers.Run(callers.client().Ping()).ok());
  for (const int master : {1, 2}) {
    cluster->master(master).Do({"CONFIG", "SET", "cluster-require-full-coverage", "no"});
  }
  testing::WaitUntil("what is left serves", [&] { return callers.Bump(kept).ok(); });
  CHECK(absl::IsUnavailable(callers.Bump(lost).status()));
  cluster->master(0).Start();
  testing::WaitUntil("all is well again", [&callers, lost, kept] {
    return callers.Bump(lost).ok() && callers.Bump(kept).ok();
  });
}

TEST_CASE("a replica that takes over is found, with functions and another identity",
          "[libs][redis][cluster]") {
  RedisCluster::Size size;
  size.replicas = 1;
  const auto cluster = RedisCluster::OrSkip(size);
  if (!cluster) return;
  Callers callers(Of(*cluster));
  REQUIRE(callers.Run(callers.client().LoadLibrary(kBumpLibrary)).ok());
  const int shard = ShardOn(*cluster, 0);
  const std::string key = CounterOf(shard);
  callers.Begin(kShards);
  callers.For(absl::Milliseconds(100));
  const auto before = callers.Run(callers.client().IdentityOf(key));
  REQUIRE(before.ok());
  CHECK(before->address == cluster->master(0).address());

  // By order: nothing is lost or doubled. Redis gives such an order up after five seconds.
  int asked = 0;
  testing::WaitUntil("the replica is the master", [&cluster, &asked] {
    if (absl::StartsWith(cluster->replica_of(0).Ask({"ROLE"}), "master")) return true;
    if (asked++ % kLooksAnOrder == 0) cluster->replica_of(0).Do({"CLUSTER", "FAILOVER"});
    return false;
  });
  callers.UntilAnswered(shard);
  callers.Stop();
  for (int each = 0; each < kShards; ++each) {
    callers.CheckCounts(each);
  }
  const auto after = callers.Run(callers.client().IdentityOf(key));
  REQUIRE(after.ok());
  CHECK(after->address == cluster->replica_of(0).address());
  CHECK(after->Text() != before->Text());

  // Back again, because it was killed: the other shards go on meanwhile.
  testing::WaitUntil("the former master has the data", [&cluster] {
    return absl::StrContains(cluster->master(0).Ask({"INFO", "REPLICATION"}),
                             "master_link_status:up");
  });
  const int other = ShardOn(*cluster, 1);
  const int done = callers.of(other).done;
  callers.Begin(kShards);
  cluster->replica_of(0).Kill();
  callers.UntilAnswered(shard);
  callers.Stop();
  CHECK(callers.of(other).done > done);
  CHECK(callers.of(other).surprises.empty());
  CHECK(callers.of(shard).surprises.empty());
  CHECK(callers.of(shard).away > 0);
  const auto again = callers.Run(callers.client().IdentityOf(key));
  REQUIRE(again.ok());
  CHECK(again->address == before->address);
  // The same life of the same server, but its history went through another's hands.
  CHECK(again->server == before->server);
  CHECK(again->Text() != before->Text());
}

}  // namespace
}  // namespace houbu::redis
