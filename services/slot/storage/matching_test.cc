// Matching: one bad match, demand or run is nobody else's trouble.
#include "libs/redis/client.h"
#include "libs/testing/test_redis.h"
#include "services/slot/storage/redis_inventory.h"
#include "services/slot/storage/test_scene.h"

namespace houbu::slot {
namespace {

// Changes what is kept behind the service's back.
void Tamper(Scene& scene, const std::string& sql) {
  REQUIRE(scene.Run(scene.pool.Query(sql)).ok());
}

Wish WishOf(const std::string& travellers) {
  Wish wish;
  wish.travellers = travellers;
  return wish;
}

}  // namespace

TEST_CASE("a match that cannot be decided holds up no other", "[slot][match][W-05]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  std::vector<std::string> told;
  const MatchWatch watch = [&](const Match& match, const absl::Status&) {
    told.push_back(match.demand);
  };
  Matching matching(scene->tools, scene->demands, "reader-2", watch);
  Wish two;
  two.travellers = "t1,t2";
  Wish one;
  one.travellers = "t3";
  one.class_code = "standing";
  REQUIRE(scene->Enlist("dm-1", two).ok());
  REQUIRE(scene->Enlist("dm-2", one).ok());
  Tamper(*scene,
         "UPDATE run_fares SET fare_minor = 9223372036854775807 WHERE class_code = 'second'");
  CHECK(scene->Run(matching.ReadAll()).value() == 2);
  CHECK(scene->Run(matching.ReadAll()).value() == 1);
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kWaiting);
  CHECK(scene->LoadDemand("dm-2").state == DemandState::kMatched);
  CHECK(told == std::vector<std::string>{"dm-1"});
  Tamper(*scene, "UPDATE run_fares SET fare_minor = 10000 WHERE class_code = 'second'");
  REQUIRE(scene->Run(matching.ReadAll()).ok());
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kMatched);
}

// Two processes read the matches of one shard: whoever reads the later one first waits.
TEST_CASE("a match waits for its turn until those before it are decided, or the run is rebuilt",
          "[slot][match][W-05]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Wish first;
  first.travellers = "t1";
  Wish second;
  second.travellers = "t2";
  REQUIRE(scene->Enlist("dm-1", first).ok());
  REQUIRE(scene->Enlist("dm-2", second).ok());
  // The match of dm-1 is lost on its way.
  const auto lost = scene->Run(scene->index.ReadMatches(0, "nobody", 1)).value();
  REQUIRE(lost.size() == 1);
  REQUIRE(lost[0].demand == "dm-1");
  REQUIRE(scene->Run(scene->index.AckMatch(lost[0])).ok());
  REQUIRE(scene->Run(scene->matching.ReadAll()).ok());
  CHECK(scene->LoadDemand("dm-2").state == DemandState::kWaiting);
  scene->clock.Advance(absl::Seconds(16));
  REQUIRE(scene->Run(scene->matching.ReadAll()).ok());
  REQUIRE(scene->Run(scene->matching.ReadAll()).ok());
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kMatched);
  CHECK(scene->LoadDemand("dm-2").state == DemandState::kMatched);
}

TEST_CASE("what is no match is dropped, and its run rebuilt", "[slot][match][redis]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  redis::Options options;
  options.host = server->host();
  options.port = server->port();
  redis::Client client(scene->loop.get_executor(), options);
  RedisInventory index(client, 1);
  REQUIRE(scene->Run(index.Prepare()).ok());
  FreshIndex fresh_index(index, scene->inventory);
  const BookingTools tools{scene->clock, scene->ids,      scene->record,
                           scene->runs,  scene->bookings, scene->inventory,
                           fresh_index,  index,           scene->policy};
  int told = 0;
  const MatchWatch watch = [&](const Match&, const absl::Status&) { ++told; };
  Matching matching(tools, scene->demands, "reader-2", watch);
  const std::vector<std::vector<std::string>> entries = {{"m", "g1 1 dm-1 second 0 2 1 0,x"},
                                                         {"m", "g1 soon"},
                                                         {"m", "never-was"},
                                                         {"colour", "blue"}};
  for (const std::vector<std::string>& fields : entries) {
    std::vector<std::string> argv = {"XADD", "h:{s00}:matches", "*"};
    argv.insert(argv.end(), fields.begin(), fields.end());
    REQUIRE(scene->Run(client.Call(std::move(argv))).ok());
  }
  CHECK(scene->Run(matching.ReadAll()).value() == 4);
  CHECK(scene->Run(matching.ReadAll()).value() == 0);
  CHECK(told == 4);
  CHECK(scene->Run(client.Call({"XLEN", "h:{s00}:matches"}))->integer() == 0);
  CHECK(scene->Run(scene->inventory.ToRebuild(scene->clock.Now(), 9)).value() ==
        std::vector<RunId>{RunId("g1")});
  client.Close();
}

TEST_CASE("a demand is served at the fare its listener was told", "[slot][match][W-06]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Wish two;
  two.travellers = "t1,t2";
  REQUIRE(scene->Enlist("dm-1", two).ok());
  scene->Match();
  Tamper(*scene, "DELETE FROM run_fares WHERE class_code = 'second'");
  REQUIRE(scene->Run(scene->matching.Decided(DemandId("dm-1"), true)).ok());
  const Booking booking = scene->Load(scene->LoadDemand("dm-1").booking).value();
  CHECK(booking.fare == Fen(20000));
  CHECK(booking.total == Fen(40000));
}

TEST_CASE("a departed demand that cannot be failed holds up no other", "[slot][line][W-11]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  REQUIRE(scene->BookPaid(WishOf("s1,s2,s3,s4")).ok());
  REQUIRE(scene->Enlist("dm-1", WishOf("t1")).ok());
  REQUIRE(scene->Enlist("dm-2", WishOf("t2")).ok());
  Tamper(*scene, "ALTER TABLE demands ADD CHECK (id <> 'dm-1' OR state <> 'FAILED')");
  scene->clock.Set(scene->LoadDemand("dm-1").departs_at);
  CHECK_FALSE(scene->Run(scene->line.SweepDeparted(10)).ok());
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kWaiting);
  CHECK(scene->LoadDemand("dm-2").state == DemandState::kFailed);
}

TEST_CASE("counted places are freed on every leg they were taken on", "[slot][record][X-01]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const auto taken = [&] {
    const auto rows =
        scene->Run(scene->pool.Query("SELECT taken FROM leg_counts ORDER BY leg")).value();
    std::vector<int> counts;
    for (int i = 0; i < rows.rows(); ++i) counts.push_back(rows.row(i).Int32("taken"));
    return counts;
  };
  Wish standing = WishOf("t1");
  standing.class_code = "standing";
  const Booking both = scene->BookPaid(standing).value();
  standing.from = "b";
  standing.travellers = "t2";
  const Booking second = scene->BookPaid(standing).value();
  CHECK(taken() == std::vector<int>{1, 2});
  REQUIRE(scene->Cancel(both).ok());
  CHECK(taken() == std::vector<int>{0, 1});
  REQUIRE(scene->Cancel(second).ok());
  CHECK(taken() == std::vector<int>{0, 0});
}

}  // namespace houbu::slot
