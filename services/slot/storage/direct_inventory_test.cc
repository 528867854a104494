// Selling while no index answers: nothing is oversold, nobody is passed over, and not too fast.
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>

#include "services/slot/storage/test_redis_process.h"

namespace houbu::slot {
namespace {

constexpr int kNobodyThere = 1;

Wish For(const std::string& travellers) {
  Wish wish;
  wish.travellers = travellers;
  return wish;
}

}  // namespace

TEST_CASE("without an index places are sold from the record, to the last and not beyond",
          "[slot][direct][X-01]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  RedisProcess slot(*scene, "127.0.0.1", kNobodyThere);
  REQUIRE(scene->Book(For("t1")).ok());
  const Booking pair = slot.Book(For("t2,t3")).value();
  CHECK(pair.places[0].unit.value() + 1 == pair.places[1].unit.value());
  CHECK(ReasonOfOutcome(slot.Book(For("t4,t5"))) == "SOLD_OUT");
  CHECK(slot.Book(For("t4")).ok());
  CHECK(ReasonOfOutcome(slot.Book(For("t5"))) == "SOLD_OUT");
  Wish standing = For("t5,t6");
  standing.class_code = "standing";
  CHECK(slot.Book(standing).ok());
  standing.travellers = "t7";
  CHECK(ReasonOfOutcome(slot.Book(standing)) == "SOLD_OUT");
  slot.Cancel(pair);
  CHECK(slot.Book(For("t8,t9")).ok());
  // Whoever has an index of that run hears that it is of another epoch.
  CHECK(ReasonOfOutcome(scene->Book(For("t10"))) == "SOLD_OUT");
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("without an index nobody who waits is passed over", "[slot][direct][W-05]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  RedisProcess slot(*scene, "127.0.0.1", kNobodyThere);
  const Booking first = scene->Book(For("t1")).value();
  const Booking second = scene->Book(For("t2")).value();
  REQUIRE(scene->Book(For("t3,t4")).ok());
  REQUIRE(scene->Enlist("dm-1", For("t5")).ok());
  slot.Enlist("dm-2", For("t6,t7,t8"), 1000);
  slot.Cancel(first);
  CHECK(ReasonOfOutcome(slot.Book(For("t9"))) == "SOLD_OUT");
  slot.Cancel(second);
  CHECK(slot.Book(For("t9")).ok());
  CHECK(ReasonOfOutcome(slot.Book(For("t10"))) == "SOLD_OUT");
  // The index is back: what it owes it pays.
  scene->clock.Advance(absl::Seconds(4));
  REQUIRE(scene->Run(scene->keeper.RebuildOwed(10)).value() == 1);
  scene->Match();
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kMatched);
  CHECK(scene->LoadDemand("dm-2").state == DemandState::kWaiting);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("who was put in line while the index was away is not passed over when it is back",
          "[slot][direct][W-05]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  RedisProcess slot(*scene, "127.0.0.1", kNobodyThere);
  const Booking sold = scene->Book(For("t1,t2,t3,t4")).value();
  slot.Enlist("dm-1", For("t5"), 1);
  // At once, before anybody has paid what is owed to the index.
  REQUIRE(scene->Cancel(sold).ok());
  REQUIRE(scene->Book(For("t6,t7,t8")).ok());
  CHECK(ReasonOfOutcome(scene->Book(For("t9"))) == "SOLD_OUT");
  scene->Match();
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kMatched);
}

TEST_CASE("without an index there is a limit to how much is sold a second", "[slot][direct]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  DirectPolicy limits;
  limits.sales_per_second = 2;
  RedisProcess slot(*scene, "127.0.0.1", kNobodyThere, limits);
  CHECK(slot.Book(For("t1")).ok());
  CHECK(slot.Book(For("t2")).ok());
  const auto third = slot.Book(For("t3"));
  CHECK(ReasonOfOutcome(third) == "INDEX_AWAY_LIMITED");
  CHECK(RetryAfterOf(third.status()).has_value());
  scene->clock.Advance(absl::Milliseconds(500));
  CHECK(slot.Book(For("t3")).ok());
  CHECK(ReasonOfOutcome(slot.Book(For("t4"))) == "INDEX_AWAY_LIMITED");
}

TEST_CASE("many buyers at two processes without an index get each place once",
          "[slot][direct][race][X-01]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  RedisProcess one(*scene, "127.0.0.1", kNobodyThere);
  RedisProcess two(*scene, "127.0.0.1", kNobodyThere);
  std::map<std::string, int> answers;
  int asked = 0;
  constexpr int kBuyers = 24;
  for (int i = 0; i < kBuyers; ++i) {
    BookingWish wish;
    wish.origin.account = absl::StrCat("accounts/ac-", i);
    wish.run = RunId("g1");
    wish.class_code = "second";
    wish.from = "a";
    wish.to = "c";
    wish.statement.payload = absl::StrCat("t", i);
    BookingCreation& creation = i % 2 == 0 ? one.creation : two.creation;
    boost::asio::co_spawn(scene->loop, creation.Create(wish, scene->Answer(scene->Key())),
                          [&](std::exception_ptr, const absl::StatusOr<std::string>& answer) {
                            ++answers[ReasonOfOutcome(answer)];
                            ++asked;
                          });
  }
  scene->loop.restart();
  while (asked < kBuyers && scene->loop.run_one() > 0) {
  }
  CAPTURE(answers);
  CHECK(answers[""] <= 4);
  CHECK(answers[""] >= 1);
  // Who lost too many races may ask again, and gets what is left.
  for (int i = 0; i < 4; ++i) {
    const auto more = one.Book(For(absl::StrCat("u", i)));
    if (more.ok()) ++answers[""];
  }
  CHECK(answers[""] == 4);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("what is free is told without an index, less what the line will get", "[slot][direct]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  RedisProcess slot(*scene, "127.0.0.1", kNobodyThere);
  const Booking sold = scene->Book(For("t1,t2,t3,t4")).value();
  REQUIRE(scene->Enlist("dm-1", For("t5")).ok());
  slot.Cancel(sold);
  RunEpoch run;
  run.run = "g1";
  run.epoch = 1;
  const auto free = scene->Run(slot.fresh_index.Snapshot(run, LegRange{0, 2}));
  REQUIRE(free.ok());
  CHECK((*free)[0].class_code == "second");
  CHECK((*free)[0].free == 3);
}

}  // namespace houbu::slot
