// Wishes for positions, and classes that sell the places of others: from the request to the record,
// with the index, with Redis and without any.
#include <memory>
#include <string>
#include <vector>

#include "services/slot/storage/test_redis_process.h"

namespace houbu::slot {
namespace {

constexpr int kNobodyThere = 1;

Wish For(const std::string& travellers, std::vector<Position> positions = {}) {
  Wish wish;
  wish.travellers = travellers;
  wish.positions = std::move(positions);
  return wish;
}

Wish Bargain(const std::string& travellers) {
  Wish wish = For(travellers);
  wish.class_code = "bargain";
  return wish;
}

std::vector<int> UnitsOf(const absl::StatusOr<Booking>& booking) {
  REQUIRE(booking.status() == absl::OkStatus());
  std::vector<int> units;
  for (const Place& place : booking->places) units.push_back(place.unit.value());
  return units;
}

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const Violation& violation : ViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

/// Four seats at the window, the aisle, the aisle, the window: 0 to 3, in one coach.
std::unique_ptr<Scene> SceneOrSkip() {
  auto scene = Scene::OrSkip();
  if (scene) scene->Execute(kSharingSample);
  return scene;
}

template <class Buyer>
void CheckWishes(Buyer& buyer) {
  using Units = std::vector<int>;
  CHECK(UnitsOf(buyer.Book(For("t1", {Position::kAisle}))) == Units{1});
  // One of a party is where it wishes to be, the others beside.
  CHECK(UnitsOf(buyer.Book(For("t2,t3", {Position::kWindow}))) == Units{2, 3});
  // What is taken is nobody's reason to refuse.
  CHECK(UnitsOf(buyer.Book(For("t4", {Position::kAisle}))) == Units{0});
  CHECK(ReasonOfOutcome(buyer.Book(For("t5", {Position::kWindow}))) == "SOLD_OUT");
}

}  // namespace

TEST_CASE("a wish for a position is met where it can be, and refuses nobody",
          "[slot][wish][W-12]") {
  const auto scene = SceneOrSkip();
  if (!scene) return;
  CheckWishes(*scene);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("a wish is met on Redis and without any index", "[slot][wish][direct][W-12]") {
  const auto scene = SceneOrSkip();
  if (!scene) return;
  SECTION("on Redis") {
    const auto server = testing::TestRedis::OrSkip();
    if (!server) return;
    RedisHand hand(*scene, *server);
    RedisProcess slot(*scene, server->host(), server->port());
    REQUIRE(scene->Run(slot.index.Check()).ok());
    scene->clock.Advance(absl::Seconds(3));
    CheckWishes(slot);
    CHECK(slot.Wrongs().empty());
  }
  SECTION("without any index") {
    RedisProcess slot(*scene, "127.0.0.1", kNobodyThere);
    CheckWishes(slot);
  }
}

TEST_CASE("a position the class does not have is a mistake in the request", "[slot][wish]") {
  const auto scene = SceneOrSkip();
  if (!scene) return;
  const auto lower = scene->Book(For("t1", {Position::kWindow, Position::kLowerBerth}));
  CHECK(absl::IsInvalidArgument(lower.status()));
  CHECK(FieldsOf(lower.status()) == std::vector<std::string>{"positions[1]"});
  Wish standing = For("t1", {Position::kWindow});
  standing.class_code = "standing";
  CHECK(FieldsOf(scene->Book(standing).status()) == std::vector<std::string>{"positions[0]"});
  Wish bargain = Bargain("t1");
  bargain.positions = {Position::kLowerBerth};
  CHECK(UnitsOf(scene->Book(bargain)) == std::vector<int>{1});
}

TEST_CASE("a wish sent again is the booking it was", "[slot][wish][X-07]") {
  const auto scene = SceneOrSkip();
  if (!scene) return;
  Wish wish = For("t1", {Position::kAisle});
  wish.request = "rq-1";
  const Booking first = scene->Book(wish).value();
  CHECK(scene->Book(wish).value().id == first.id);
  // By then its positions may be any: the answer is the one it had.
  scene->Execute("UPDATE run_classes SET positions = ''");
  CHECK(scene->Book(wish).value().id == first.id);
}

template <class Buyer>
void CheckSharedPlaces(Scene& scene, Buyer& buyer) {
  const Booking dear = buyer.Book(For("t1,t2")).value();
  const Booking cheap = buyer.Book(Bargain("t3,t4")).value();
  CHECK(dear.total.minor_units == 2 * cheap.total.minor_units);
  CHECK(UnitsOf(cheap) == std::vector<int>{2, 3});
  CHECK(cheap.places[0].coach == "01");
  CHECK(cheap.places[1].number == "04");
  CHECK(ReasonOfOutcome(buyer.Book(For("t5"))) == "SOLD_OUT");
  CHECK(ReasonOfOutcome(buyer.Book(Bargain("t5"))) == "SOLD_OUT");
  CHECK(scene.LoadDemand("dm-1").state == DemandState::kWaiting);
}

TEST_CASE("places two classes sell are sold once, and serve the line of both",
          "[slot][sharing][W-05][X-01]") {
  const auto scene = SceneOrSkip();
  if (!scene) return;
  const Booking early = scene->Book(For("t9")).value();
  REQUIRE(scene->Book(Bargain("t6,t7,t8")).ok());
  REQUIRE(scene->Enlist("dm-1", Bargain("t1")).ok());
  REQUIRE(scene->Enlist("dm-2", For("t2")).ok());
  REQUIRE(scene->Cancel(early).ok());
  scene->Match();
  CHECK(scene->LoadDemand("dm-1").state == DemandState::kMatched);
  CHECK(scene->LoadDemand("dm-1").units == std::vector<int>{0});
  CHECK(scene->LoadDemand("dm-2").state == DemandState::kWaiting);
  CHECK(scene->Wrongs().empty());
  scene->index.Lose();
  CHECK(ReasonOfOutcome(scene->Book(For("t3"))) == "SOLD_OUT");
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("places two classes sell are sold once on Redis and without any index",
          "[slot][sharing][direct][X-01]") {
  const auto scene = SceneOrSkip();
  if (!scene) return;
  SECTION("on Redis") {
    const auto server = testing::TestRedis::OrSkip();
    if (!server) return;
    RedisHand hand(*scene, *server);
    RedisProcess slot(*scene, server->host(), server->port());
    REQUIRE(scene->Run(slot.index.Check()).ok());
    scene->clock.Advance(absl::Seconds(3));
    slot.Enlist("dm-1", Bargain("t6,t7,t8,t9,t10"), 1);
    CheckSharedPlaces(*scene, slot);
    CHECK(slot.Wrongs().empty());
  }
  SECTION("without any index") {
    RedisProcess slot(*scene, "127.0.0.1", kNobodyThere);
    slot.Enlist("dm-1", Bargain("t6,t7,t8,t9,t10"), 1);
    CheckSharedPlaces(*scene, slot);
  }
}

}  // namespace houbu::slot
