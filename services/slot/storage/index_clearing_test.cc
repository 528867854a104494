// Runs that have ended leave the index, in their order, and no others do.
#include "services/slot/app/index_clearing.h"

#include <string>
#include <vector>

#include "services/slot/storage/postgres_ended_runs.h"
#include "services/slot/storage/test_redis_process.h"

namespace houbu::slot {
namespace {

Wish On(const std::string& run, const std::string& travellers) {
  Wish wish;
  wish.run = run;
  wish.travellers = travellers;
  return wish;
}

bool IsIn(Scene& scene, InventoryIndex& index, const std::string& run) {
  return scene.Run(index.FullState(run)).ok();
}

void CheckClearing(Scene& scene, InventoryIndex& index) {
  PostgresEndedRuns ended(scene.pool);
  IndexClearing clearing(IndexClearing::Tools{scene.clock, index, ended});
  CHECK(scene.Run(clearing.Round(10)).value() == 0);
  CHECK(IsIn(scene, index, "g1"));
  // All of the first day left ten days ago, nothing of the second.
  const absl::Time noon =
      absl::FromCivil(absl::CivilHour(2026, 12, 1, 12), absl::FixedTimeZone(8 * 3600));
  scene.clock.Advance(noon + kRunLongest - scene.clock.Now());
  scene.Execute("UPDATE runs SET departs_at = '2026-12-02 09:00+08' WHERE id = 'g3'");
  CHECK(scene.Run(clearing.Round(1)).value() == 1);
  CHECK_FALSE(IsIn(scene, index, "g1"));
  CHECK(IsIn(scene, index, "g3"));
  CHECK(scene.Run(clearing.Round(10)).value() == 1);
  CHECK(scene.Run(clearing.Round(10)).value() == 0);
  CHECK(IsIn(scene, index, "g3"));
  // Another process begins with what ended lately, and finds it gone.
  IndexClearing another(IndexClearing::Tools{scene.clock, index, ended});
  CHECK(scene.Run(another.Round(10)).value() == 2);
  CHECK(IsIn(scene, index, "g3"));
}

}  // namespace

TEST_CASE("a run that has ended leaves the index, one that has not stays", "[slot][index][X-18]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  REQUIRE(scene->Book(On("g1", "t1")).ok());
  REQUIRE(scene->Book(On("g3", "t2")).ok());
  CheckClearing(*scene, scene->index);
}

TEST_CASE("a run that has ended leaves Redis, one that has not stays", "[slot][index][X-18]") {
  const auto scene = Scene::OrSkip();
  const auto server = testing::TestRedis::OrSkip();
  if (!scene || !server) return;
  RedisHand hand(*scene, *server);
  RedisProcess slot(*scene, server->host(), server->port());
  REQUIRE(scene->Run(slot.index.Check()).ok());
  scene->clock.Advance(absl::Seconds(3));
  REQUIRE(slot.Book(On("g1", "t1")).ok());
  REQUIRE(slot.Book(On("g3", "t2")).ok());
  CheckClearing(*scene, slot.index);
  CHECK(hand.Keys("h:{s*}:r:g1*").empty());
}

}  // namespace houbu::slot
