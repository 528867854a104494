// Finding places bit by bit agrees with finding them as plainly as can be.
#include <random>

#include <catch2/catch.hpp>

#include "services/slot/app/inventory_model.h"
#include "services/slot/domain/place_plan.h"

namespace houbu::slot {
namespace {

// States and demands by chance.
class Chance final {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}

  int Below(int bound) { return std::uniform_int_distribution<>(0, bound - 1)(random_); }

  DemandKind Kind(const RunState& state) {
    DemandKind kind;
    kind.class_code = state.classes[static_cast<std::size_t>(Below(3))].code;
    kind.legs.from = Below(state.legs);
    kind.legs.to = kind.legs.from + 1 + Below(state.legs - kind.legs.from);
    kind.party = 1 + Below(4);
    return kind;
  }

  // Letters that are there, letters that are not, none.
  std::string Positions() {
    const std::string wishes[] = {"", "AF", "C", "L", "UM", "X"};
    return wishes[static_cast<std::size_t>(Below(6))];
  }

  RunState State() {
    RunState state;
    state.run = "rn-1";
    state.epoch = 1;
    state.legs = 1 + Below(5);
    ClassLayout seats{"second", ClassKind::kAssigned, 0, {}};
    for (int coaches = 1 + Below(3); coaches > 0; --coaches) {
      seats.coach_sizes.push_back(1 + Below(40));
      seats.capacity += seats.coach_sizes.back();
    }
    seats.positions = Below(2) == 0 ? "" : "ABCDF";
    ClassLayout berths = seats;
    berths.code = "berth";
    berths.shares = seats.code;
    berths.positions = "UML";
    state.classes = {seats, ClassLayout{"standing", ClassKind::kCounted, Below(9), {}}, berths};
    InventoryModel model(state);
    for (int i = Below(60); i > 0; --i) {
      static_cast<void>(model.Allocate(Kind(state), absl::StrCat("bk-", i)));
    }
    for (int i = Below(30); i > 0; --i) {
      static_cast<void>(model.Release(absl::StrCat("bk-", Below(60))));
    }
    state = model.state();
    for (int i = Below(20); i > 0; --i) {
      state.waiting.push_back(
          WaitingDemand{absl::StrCat("dm-", i), Kind(state), absl::FromUnixMicros(Below(9))});
    }
    return state;
  }

 private:
  std::mt19937 random_;
};

}  // namespace

TEST_CASE("free places are found and the line is served as the model does",
          "[slot][direct][W-05][W-12]") {
  const unsigned seed = GENERATE(take(200, random(0U, 1000000U)));
  CAPTURE(seed);
  Chance chance(seed);
  const RunState state = chance.State();
  InventoryModel model(state);
  PlacePlan free(state);
  CHECK(ServeLine(free, state.waiting) == model.Serve());
  for (int i = 0; i < 8; ++i) {
    const DemandKind kind = chance.Kind(state);
    const std::string positions = chance.Positions();
    const auto taken = model.Allocate(kind, absl::StrCat("bk-new-", i), positions);
    const auto found = free.Find(kind, positions);
    REQUIRE(found.has_value() == taken.ok());
    if (!found.has_value()) continue;
    CHECK(*found == taken->units);
    free.Take(kind, *found);
  }
}

TEST_CASE("places a run does not offer are refused", "[slot][direct]") {
  RunState state;
  state.legs = 2;
  state.classes = {ClassLayout{"second", ClassKind::kAssigned, 2, {2}}};
  const PlacePlan free(state);
  const auto reason = [&free](const DemandKind& kind) {
    return std::string(ReasonOf(free.Check(kind)));
  };
  CHECK(reason(DemandKind{"first", {0, 1}, 1}) == "CLASS_UNKNOWN");
  CHECK(reason(DemandKind{"second", {1, 1}, 1}) == "LEGS_INVALID");
  CHECK(reason(DemandKind{"second", {0, 3}, 1}) == "LEGS_INVALID");
  CHECK(reason(DemandKind{"second", {0, 2}, 0}) == "PARTY_INVALID");
  CHECK(reason(DemandKind{"second", {0, 2}, 2}).empty());
}

}  // namespace houbu::slot
