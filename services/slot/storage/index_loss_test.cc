// The index on a Redis that is emptied, thrown back, replaced, forged, foreign or away: nothing is
// sold twice, nobody who waits is passed over, and in the end record and index agree.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

#include "services/slot/storage/test_redis_process.h"

namespace houbu::slot {
namespace {

Wish For(const std::string& travellers) {
  Wish wish;
  wish.travellers = travellers;
  return wish;
}

// A scene with one process on a real Redis.
struct Stage {
  explicit Stage(const testing::TestRedis& server, Scene& on)
      : scene(on), hand(on, server), slot(on, server.host(), server.port()) {}

  // Comes to use the index, and lets the time pass in which others might still settle there.
  void SettleIn() {
    REQUIRE(scene.Run(slot.index.Check()).ok());
    scene.clock.Advance(absl::Seconds(3));
  }

  // Whatever the diff sees must last before it counts.
  int DiffTwice() {
    const auto first = scene.Run(slot.diff.Round(10));
    REQUIRE(first.status() == absl::OkStatus());
    if (*first > 0) return *first;
    scene.clock.Advance(kDifferenceAge + absl::Seconds(1));
    return scene.Run(slot.diff.Round(10)).value();
  }

  // The one key of the run g1 that looks so.
  std::string OnlyKey(const std::string& pattern) {
    const std::vector<std::string> found = hand.Keys("h:{s*}:r:g1:" + pattern);
    REQUIRE(found.size() == 1);
    return found[0];
  }

  Scene& scene;
  RedisHand hand;
  RedisProcess slot;
};

}  // namespace

TEST_CASE("an emptied Redis gets a new home and is filled again from the record",
          "[slot][index][X-01][W-05]") {
  const auto scene = Scene::OrSkip();
  const auto server = testing::TestRedis::OrSkip();
  if (!scene || !server) return;
  Stage stage(*server, *scene);
  RedisProcess& slot = stage.slot;
  stage.SettleIn();
  const Booking sold = slot.Book(For("t1,t2,t3")).value();
  REQUIRE(slot.Book(For("t4")).ok());
  slot.Enlist("dm-1", For("t5"), 1);
  REQUIRE(slot.moves == RedisProcess::kShards);
  stage.hand.Do({"FLUSHALL"});
  CHECK(ReasonOfOutcome(slot.Book(For("t6"))) == "SOLD_OUT");
  REQUIRE(scene->Run(slot.index.Check()).ok());
  CHECK(slot.moves == 2 * RedisProcess::kShards);
  REQUIRE(scene->Run(slot.keeper.ReviveLost(10)).ok());
  CHECK(scene->Run(slot.diff.Round(10)).value() == 0);
  slot.Cancel(sold);
  slot.Match();
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kMatched);
  CHECK(slot.Wrongs().empty());
}

TEST_CASE("a Redis thrown back in time sells nothing twice and forgets nobody",
          "[slot][index][X-01][W-05][X-18]") {
  const auto scene = Scene::OrSkip();
  const auto server = testing::TestRedis::OrSkip();
  if (!scene || !server) return;
  Stage stage(*server, *scene);
  RedisProcess& slot = stage.slot;
  stage.SettleIn();
  const Booking early = slot.Book(For("t1,t2")).value();
  REQUIRE(scene->Run(slot.index.Check()).ok());
  stage.hand.Remember();
  // Beyond the moment it is thrown back to the marks have counted on.
  scene->clock.Advance(absl::Seconds(1));
  REQUIRE(scene->Run(slot.index.Check()).ok());
  REQUIRE(scene->Run(slot.index.Check()).ok());
  const Booking late = slot.Book(For("t3")).value();
  REQUIRE(slot.Book(For("t4")).ok());
  slot.Enlist("dm-1", For("t5"), 1);
  slot.Cancel(late);
  slot.Match();
  REQUIRE(scene->LoadDemand("dm-1").state == DemandState::kMatched);
  slot.Enlist("dm-2", For("t6"), 2);
  slot.Enlist("dm-3", For("t7"), 3);
  const int moves = slot.moves;

  SECTION("by the same server, which its mark shows") {
    stage.hand.ThrowBack();
    REQUIRE(scene->Run(slot.index.Check()).ok());
  }
  SECTION("by one that was promoted, which is noticed by the next call") {
    stage.hand.ThrowBack();
    stage.hand.Promote();
    stage.hand.Cut();
  }
  CHECK(ReasonOfOutcome(slot.Book(For("t8"))) == "SOLD_OUT");
  CHECK(slot.moves == moves + RedisProcess::kShards);
  slot.Cancel(early);
  slot.Match();
  CHECK(scene->LoadDemand("dm-2").state == DemandState::kMatched);
  CHECK(scene->LoadDemand("dm-3").state == DemandState::kMatched);
  CHECK(slot.Wrongs().empty());
}

TEST_CASE("who waits on a Redis that was thrown back is served without anybody asking",
          "[slot][index][W-05]") {
  const auto scene = Scene::OrSkip();
  const auto server = testing::TestRedis::OrSkip();
  if (!scene || !server) return;
  Stage stage(*server, *scene);
  RedisProcess& slot = stage.slot;
  stage.SettleIn();
  const Booking sold = slot.Book(For("t1,t2,t3,t4")).value();
  slot.Enlist("dm-1", For("t5"), 1);
  stage.hand.Remember();
  slot.Cancel(sold);  // Its match is lost with what comes now.
  stage.hand.ThrowBack();
  stage.hand.Promote();
  REQUIRE(scene->Run(slot.index.Check()).ok());
  CHECK(scene->Run(slot.keeper.ReviveLost(10)).value() == 1);
  slot.Match();
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kMatched);
  CHECK(slot.Wrongs().empty());
}

TEST_CASE("a process that did not notice is refused by the record once another rebuilt the run",
          "[slot][index][X-01]") {
  const auto scene = Scene::OrSkip();
  const auto server = testing::TestRedis::OrSkip();
  if (!scene || !server) return;
  Stage stage(*server, *scene);
  RedisProcess& slot = stage.slot;
  stage.SettleIn();
  RedisProcess other(*scene, server->host(), server->port());
  REQUIRE(slot.Book(For("t1")).ok());
  REQUIRE(other.Book(For("t2")).ok());
  CHECK(other.moves == 0);
  stage.hand.Remember();
  REQUIRE(slot.Book(For("t3,t4")).ok());
  stage.hand.ThrowBack();
  stage.hand.Promote();
  REQUIRE(scene->Run(slot.index.Check()).ok());
  CHECK(ReasonOfOutcome(slot.Book(For("t5"))) == "SOLD_OUT");
  CHECK(ReasonOfOutcome(other.Book(For("t6"))) == "SOLD_OUT");
  CHECK(slot.Wrongs().empty());
}

TEST_CASE("a Redis of another deployment is left alone, and places are sold from the record",
          "[slot][index][X-01]") {
  const auto scene = Scene::OrSkip();
  const auto server = testing::TestRedis::OrSkip();
  if (!scene || !server) return;
  Stage stage(*server, *scene);
  RedisProcess& slot = stage.slot;
  stage.hand.Do({"HSET", "h:{s01}:home", "deployment", "another", "home", "3", "mark", "7"});
  CHECK(ReasonOf(scene->Run(slot.index.Check())) == "INDEX_FOREIGN");
  CHECK(slot.Book(For("t1")).ok());
  CHECK(stage.hand.Do({"HGET", "h:{s01}:home", "deployment"}).text() == "another");
  CHECK(stage.hand.Keys("h:{s*}:r:*").empty());
  stage.hand.Do({"FLUSHALL"});
  scene->clock.Advance(absl::Seconds(3));
  CHECK(scene->Run(slot.index.Check()).ok());
  CHECK(slot.Book(For("t2")).ok());
  CHECK(stage.hand.Keys("h:{s*}:r:g1").size() == 1);
  CHECK(slot.Wrongs().empty());
}

TEST_CASE("a Redis that may throw keys away is not used", "[slot][index][X-01]") {
  const auto scene = Scene::OrSkip();
  const auto server = testing::TestRedis::OrSkip();
  if (!scene || !server) return;
  Stage stage(*server, *scene);
  RedisProcess& slot = stage.slot;
  stage.SettleIn();
  stage.hand.Do({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
  const absl::Status refused = scene->Run(slot.index.Check());
  const bool sold = slot.Book(For("t1")).ok();
  stage.hand.Do({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  CHECK(ReasonOf(refused) == "INDEX_EVICTS");
  CHECK(sold);
  CHECK(scene->Run(slot.index.Check()).ok());
  CHECK(slot.Wrongs().empty());
}

TEST_CASE("what the index made up or forgot is found and put right in one sweep",
          "[slot][index][W-05][X-18]") {
  const auto scene = Scene::OrSkip();
  const auto server = testing::TestRedis::OrSkip();
  if (!scene || !server) return;
  Stage stage(*server, *scene);
  RedisProcess& slot = stage.slot;
  stage.SettleIn();
  const Booking sold = slot.Book(For("t1,t2,t3,t4")).value();
  slot.Enlist("dm-1", For("t5"), 1);
  slot.Enlist("dm-2", For("t6"), 2);
  REQUIRE(scene->Run(slot.diff.Round(10)).value() == 0);
  // Behind the back of guard and record.
  RunEpoch run;
  run.run = "g1";
  run.epoch = scene->Run(slot.redis.FullState("g1")).value().state.epoch;
  const DemandKind one = {"second", {0, 2}, 1};
  const auto put_in_line = [&](const std::string& demand, int micros) {
    const WaitingDemand waiting = {demand, one, scene->clock.Now() + absl::Microseconds(micros)};
    REQUIRE(scene->Run(slot.redis.Enlist(run, waiting)).ok());
  };
  SECTION("a ghost has places") {
    const DemandKind standing = {"standing", {0, 1}, 1};
    REQUIRE(scene->Run(slot.redis.Allocate(run, standing, "bk-ghost")).ok());
    REQUIRE(scene->Run(slot.redis.Confirm("g1", {"bk-ghost"})).ok());
  }
  SECTION("somebody's places are forgotten") {
    REQUIRE(scene->Run(slot.redis.Release(run, sold.holder)).ok());
  }
  SECTION("a unit is free that is not") {
    stage.hand.Do({"SETBIT", stage.OnlyKey("*:b:1:0"), "1", "1"});
  }
  SECTION("a unit is free on all legs that is not") {
    stage.hand.Do({"SETBIT", stage.OnlyKey("*:b:1:0"), "2", "1"});
    stage.hand.Do({"SETBIT", stage.OnlyKey("*:b:1:1"), "2", "1"});
  }
  SECTION("a waiter has a wrong place in line") {
    REQUIRE(scene->Run(slot.redis.Withdraw(run, "dm-1")).ok());
    put_in_line("dm-1", 7);
  }
  SECTION("a waiter is lost") { REQUIRE(scene->Run(slot.redis.Withdraw(run, "dm-1")).ok()); }
  SECTION("a ghost waits") { put_in_line("dm-ghost", 0); }
  SECTION("everything of the run is gone") {
    for (const std::string& key : stage.hand.Keys("h:{s*}:r:g1*")) stage.hand.Do({"DEL", key});
  }
  CHECK(stage.DiffTwice() == 1);
  CHECK(slot.Wrongs().empty());
  CHECK(stage.DiffTwice() == 0);
  slot.Cancel(sold);
  slot.Match();
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kMatched);
  CHECK(scene->LoadDemand("dm-2").state == DemandState::kMatched);
  CHECK(slot.Wrongs().empty());
}

TEST_CASE("whichever of a run's keys is deleted or overwritten, a sweep puts it right",
          "[slot][index][X-18]") {
  const auto scene = Scene::OrSkip();
  const auto server = testing::TestRedis::OrSkip();
  if (!scene || !server) return;
  Stage stage(*server, *scene);
  RedisProcess& slot = stage.slot;
  stage.SettleIn();
  REQUIRE(slot.Book(For("t1,t2,t3,t4")).ok());
  slot.Enlist("dm-1", For("t5"), 1);
  const bool overwrite = GENERATE(false, true);
  const std::size_t keys = stage.hand.Keys("h:{s*}:r:g1*").size();
  REQUIRE(keys > 3);
  int found = 0;
  for (std::size_t i = 0; i < keys; ++i) {
    // A rebuild may name them anew.
    std::vector<std::string> names = stage.hand.Keys("h:{s*}:r:g1*");
    std::sort(names.begin(), names.end());
    if (i >= names.size()) break;
    CAPTURE(names[i]);
    if (overwrite) stage.hand.Do({"DEL", names[i]});
    if (overwrite) stage.hand.Do({"LPUSH", names[i], "nonsense"});
    if (!overwrite) stage.hand.Do({"DEL", names[i]});
    found += stage.DiffTwice();
    CHECK(slot.Wrongs().empty());
  }
  CHECK(found > 2);
}

TEST_CASE("an epoch that the record never gave is not believed", "[slot][index][X-01][X-18]") {
  const auto scene = Scene::OrSkip();
  const auto server = testing::TestRedis::OrSkip();
  if (!scene || !server) return;
  Stage stage(*server, *scene);
  RedisProcess& slot = stage.slot;
  stage.SettleIn();
  REQUIRE(slot.Book(For("t1,t2")).ok());
  slot.Enlist("dm-1", For("t5,t6,t7"), 1);
  const std::string key = stage.hand.Keys("h:{s*}:r:g1").at(0);
  const std::string head = stage.hand.Do({"GET", key}).text();
  const std::size_t end = head.find(';');
  REQUIRE(end != std::string::npos);
  // Of this home, of a later one, above all, and no number.
  const std::string forged = GENERATE_COPY(absl::StrCat(head.substr(0, end - 10), "9000000000"),
                                           absl::StrCat("7", head.substr(0, end)),
                                           std::string(25, '9'), std::string("first"));
  CAPTURE(forged);
  stage.hand.Do({"SET", key, absl::StrCat(forged, head.substr(end))});
  SECTION("a buyer is served") {
    CHECK(slot.Book(For("t3")).ok());
    CHECK(slot.Book(For("t4")).ok());
  }
  SECTION("a sweep puts it right") {
    CHECK(stage.DiffTwice() == 1);
    CHECK(stage.DiffTwice() == 0);
  }
  CHECK(slot.Wrongs().empty());
  CHECK(scene->Run(scene->inventory.ReadState(RunId("g1"))).value().epoch < 1'000'000);
}

TEST_CASE("what is on its way between record and index is no difference", "[slot][index][X-18]") {
  const auto scene = Scene::OrSkip();
  const auto server = testing::TestRedis::OrSkip();
  if (!scene || !server) return;
  Stage stage(*server, *scene);
  RedisProcess& slot = stage.slot;
  stage.SettleIn();
  REQUIRE(slot.Book(For("t1")).ok());
  RunEpoch run;
  run.run = "g1";
  run.epoch = scene->Run(scene->inventory.ReadState(RunId("g1"))).value().epoch;
  const DemandKind one = {"second", {0, 1}, 1};
  // One after another somebody takes places and gives them back: never the same for long.
  for (int i = 0; i < 4; ++i) {
    const std::string token = absl::StrCat("bk-moment-", i);
    REQUIRE(scene->Run(slot.index.Allocate(run, one, token)).ok());
    CHECK(scene->Run(slot.diff.Round(10)).value() == 0);
    scene->clock.Advance(kDifferenceAge + absl::Seconds(1));
    REQUIRE(scene->Run(slot.index.Release(run, token)).ok());
  }
  // What is owed is somebody else's to put right.
  REQUIRE(scene->Run(slot.index.Allocate(run, one, "bk-owed")).ok());
  REQUIRE(scene->Run(scene->inventory.MarkDirty(RunId("g1"))).ok());
  CHECK(stage.DiffTwice() == 0);
  REQUIRE(scene->Run(slot.keeper.RebuildOwed(10)).value() == 1);
  CHECK(slot.Wrongs().empty());
}

TEST_CASE("any run, shard or all of the index is rebuilt while it is used",
          "[slot][index][X-01][X-18]") {
  const auto scene = Scene::OrSkip();
  const auto server = testing::TestRedis::OrSkip();
  if (!scene || !server) return;
  Stage stage(*server, *scene);
  RedisProcess& slot = stage.slot;
  stage.SettleIn();
  REQUIRE(slot.Book(For("t1")).ok());
  Wish later = For("t2");
  later.run = "g3";
  REQUIRE(slot.Book(later).ok());
  slot.Enlist("dm-1", For("t3,t4,t5,t6"), 1);
  InventoryScope scope;
  int runs = 2;
  SECTION("all") {}
  SECTION("a shard") {
    scope.shard = slot.servers.ShardOf("g1");
    runs = slot.servers.ShardOf("g3") == *scope.shard ? 2 : 1;
  }
  SECTION("a run") {
    scope.run = RunId("g1");
    runs = 1;
  }
  const auto rebuild = [&](const InventoryScope& which) {
    InventoryReport report;
    Mutation<InventoryReport> mutation;
    mutation.key = scene->Key();
    mutation.render = [&report](const InventoryReport& made) {
      report = made;
      return std::string("done");
    };
    REQUIRE(scene->Run(slot.keeper.RebuildAndCheck(which, mutation)).ok());
    return report;
  };
  const InventoryReport report = rebuild(scope);
  CHECK(report.rebuilt.runs == runs);
  CHECK(report.runs == runs);
  CHECK(report.rebuilt.rows >= runs);
  CHECK(report.audit.differences.empty());
  CHECK(report.next.empty());
  scope.limit = 1;
  if (!scope.run.has_value() && !scope.shard.has_value()) {
    const InventoryReport first = rebuild(scope);
    CHECK(first.runs == 1);
    REQUIRE(first.next == "g1");
    scope.after = first.next;
    const InventoryReport second = rebuild(scope);
    CHECK(second.runs == 1);
    scope.after = second.next;
    CHECK(rebuild(scope).next.empty());
  }
  CHECK(slot.Wrongs().empty());
}

}  // namespace houbu::slot
