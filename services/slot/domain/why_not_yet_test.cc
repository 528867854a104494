#include "services/slot/domain/why_not_yet.h"

#include <utility>

#include <catch2/catch.hpp>

namespace houbu::slot {
namespace {

const ClassLayout kSeats{"second", ClassKind::kAssigned, 3, {3}};
const ClassLayout kStanding{"standing", ClassKind::kCounted, 2, {}};

// Somebody in line; the one who matters is always "dm".
WaitingDemand Waiter(const std::string& demand, int micros, DemandKind kind) {
  return WaitingDemand{demand, std::move(kind), absl::FromUnixMicros(micros)};
}

TakenPlaces Seats(const std::string& token, LegRange legs, std::vector<int> units) {
  const int party = static_cast<int>(units.size());
  return TakenPlaces{token, DemandKind{"second", legs, party}, std::move(units)};
}

TakenPlaces Standing(const std::string& token, LegRange legs, int party) {
  return TakenPlaces{token, DemandKind{"standing", legs, party}, {}};
}

struct Case {
  const char* title;
  std::vector<TakenPlaces> taken;
  std::vector<WaitingDemand> waiting;
  WhyNotYet why;
};

// A run of four legs, three seats and two standing places.
const Case kCases[] = {
    {"one leg is full",
     {Seats("bk-1", {1, 2}, {0, 1, 2})},
     {Waiter("dm", 5, {"second", {0, 3}, 1})},
     {"second", 1, 1, 0, {{1, 0}}, 0, false}},
    {"a leg has places, but too few",
     {Seats("bk-1", {2, 3}, {0, 2})},
     {Waiter("dm", 5, {"second", {2, 4}, 2})},
     {"second", 2, 1, 0, {{2, 1}}, 1, false}},
    {"several legs are full, the one between them is not; one outside does not count",
     {Seats("bk-1", {0, 2}, {0, 1, 2}), Seats("bk-2", {3, 4}, {0, 1}), Seats("bk-3", {2, 3}, {2})},
     {Waiter("dm", 5, {"second", {1, 4}, 2})},
     {"second", 2, 1, 0, {{1, 0}, {3, 1}}, 0, false}},
    {"each leg has a seat, but no seat is free all the way",
     {Seats("bk-1", {0, 1}, {0, 1}), Seats("bk-2", {1, 2}, {1, 2})},
     {Waiter("dm", 5, {"second", {0, 2}, 1})},
     {"second", 1, 1, 0, {}, 0, true}},
    {"each leg has two seats, but only one is free all the way",
     {Seats("bk-1", {0, 1}, {0}), Seats("bk-2", {1, 2}, {2})},
     {Waiter("dm", 5, {"second", {0, 2}, 2})},
     {"second", 2, 1, 0, {}, 1, true}},
    {"counted places are never fragmented, only short on a leg",
     {Standing("bk-1", {0, 1}, 1), Standing("bk-2", {1, 2}, 1), Standing("bk-3", {3, 4}, 2)},
     {Waiter("dm", 5, {"standing", {0, 4}, 1})},
     {"standing", 1, 1, 0, {{3, 0}}, 0, false}},
    {"counted places that are left on each leg are left all the way: it is about to be served",
     {Standing("bk-1", {0, 1}, 1), Standing("bk-2", {1, 2}, 1)},
     {Waiter("dm", 5, {"standing", {0, 4}, 1})},
     {"standing", 1, 1, 0, {}, 1, false}},
    {"first in line, whoever stands behind or waits for another class",
     {Seats("bk-1", {0, 4}, {0, 1, 2}), Standing("bk-2", {0, 4}, 2)},
     {Waiter("dm-later", 6, {"second", {0, 4}, 1}), Waiter("dm-other", 1, {"standing", {0, 4}, 1}),
      Waiter("dm", 5, {"second", {0, 1}, 1})},
     {"second", 1, 1, 0, {{0, 0}}, 0, false}},
    {"behind two of whom one leaves before it boards",
     {Seats("bk-1", {0, 4}, {0, 1, 2})},
     {Waiter("dm", 5, {"second", {2, 3}, 1}), Waiter("dm-far", 1, {"second", {0, 2}, 1}),
      Waiter("dm-near", 2, {"second", {1, 3}, 2})},
     {"second", 1, 2, 1, {{2, 0}}, 0, false}},
    {"at the same microsecond the earlier id stands before",
     {Seats("bk-1", {0, 4}, {0, 1, 2})},
     {Waiter("dm", 5, {"second", {0, 1}, 1}), Waiter("da", 5, {"second", {0, 1}, 1}),
      Waiter("dz", 5, {"second", {0, 1}, 1})},
     {"second", 1, 2, 1, {{0, 0}}, 0, false}},
    {"who stands before it is not in the way where both have room",
     {Seats("bk-1", {0, 1}, {0, 1, 2}), Seats("bk-2", {2, 3}, {0, 1, 2})},
     {Waiter("dm-ahead", 1, {"second", {0, 2}, 2}), Waiter("dm", 5, {"second", {1, 3}, 1})},
     {"second", 1, 2, 0, {{2, 0}}, 0, false}},
    {"who stands before it is in the way on a leg with room for either, not for both",
     {Seats("bk-1", {0, 1}, {0, 1, 2}), Seats("bk-2", {2, 3}, {0, 1, 2})},
     {Waiter("dm-ahead", 1, {"second", {0, 2}, 3}), Waiter("dm", 5, {"second", {1, 3}, 1})},
     {"second", 1, 2, 1, {{2, 0}}, 0, false}},
    {"where it is fragmented, any who stand before it may take what comes free",
     {Seats("bk-1", {0, 1}, {0, 1}), Seats("bk-2", {1, 2}, {2}), Seats("bk-3", {2, 3}, {0, 1, 2}),
      Seats("bk-4", {3, 4}, {0, 1, 2})},
     {Waiter("dm-ahead", 1, {"second", {1, 3}, 1}), Waiter("dm", 5, {"second", {0, 2}, 1})},
     {"second", 1, 2, 1, {}, 0, true}},
};

}  // namespace

TEST_CASE("who waits is told the legs that block it and its rank", "[slot][line][X-17][W-05]") {
  for (const Case& given : kCases) {
    INFO(given.title);
    RunState state;
    state.run = "rn-1";
    state.legs = 4;
    state.classes = {kSeats, kStanding};
    state.taken = given.taken;
    state.waiting = given.waiting;
    REQUIRE(Validate(state).ok());
    const std::optional<WhyNotYet> why = ExplainWaiting(state, "dm");
    REQUIRE(why.has_value());
    CHECK(why->unit_class == given.why.unit_class);
    CHECK(why->passengers == given.why.passengers);
    CHECK(why->rank == given.why.rank);
    CHECK(why->in_the_way == given.why.in_the_way);
    CHECK(why->legs == given.why.legs);
    CHECK(why->fitting == given.why.fitting);
    CHECK(why->fragmented == given.why.fragmented);
  }
}

TEST_CASE("classes that sell the same units wait in one line", "[slot][line][X-17]") {
  ClassLayout by_day = kSeats;
  by_day.code = "berth-as-seat";
  by_day.shares = "second";
  RunState state;
  state.run = "rn-1";
  state.legs = 2;
  state.classes = {kSeats, by_day};
  state.taken = {Seats("bk-1", {0, 2}, {0, 1, 2})};
  state.waiting = {Waiter("dm-ahead", 1, {"second", {1, 2}, 1}),
                   Waiter("dm", 5, {"berth-as-seat", {0, 2}, 1})};
  REQUIRE(Validate(state).ok());
  const std::optional<WhyNotYet> why = ExplainWaiting(state, "dm");
  REQUIRE(why.has_value());
  CHECK(why->unit_class == "second");
  CHECK(why->rank == 2);
  CHECK(why->in_the_way == 1);
  CHECK(why->legs == std::vector<BlockingLeg>{{0, 0}, {1, 0}});
}

TEST_CASE("who does not wait any more is not explained", "[slot][line][X-17]") {
  RunState state;
  state.run = "rn-1";
  state.legs = 1;
  state.classes = {kSeats};
  state.taken = {Seats("dm", {0, 1}, {0, 1})};  // matched
  CHECK_FALSE(ExplainWaiting(state, "dm").has_value());
}

}  // namespace houbu::slot
