// The contract of the index, on memory and on Redis: places and the line.
#include <string>
#include <vector>

#include "services/slot/storage/inventory_subject.h"

namespace houbu::slot {

TEST_CASE("a seat taken over A-C still sells C-D, and A-C is sold out", "[slot][inventory][X-01]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  for (int i = 0; i < 6; ++i) {
    CHECK(*line.Buy("bk-" + std::to_string(i), Second({0, 2}, 1)) == Units{i});
  }
  CHECK(Reason(line.Buy("bk-6", Second({0, 2}, 1)).status()) == "SOLD_OUT");
  CHECK(Reason(line.Buy("bk-6", Second({1, 3}, 1)).status()) == "SOLD_OUT");
  CHECK(line.Free("second", {0, 3}) == 0);
  CHECK(line.Free("second", {2, 3}) == 6);
  CHECK(*line.Buy("bk-6", Second({2, 3}, 6)) == Units{0, 1, 2, 3, 4, 5});
}

TEST_CASE("A-C is sold out while A-B still sells", "[slot][inventory][X-01]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  REQUIRE(line.Buy("bk-bc", Second({1, 2}, 6)).ok());
  CHECK(Reason(line.Buy("bk-ac", Second({0, 2}, 1)).status()) == "SOLD_OUT");
  CHECK(line.Buy("bk-ab", Second({0, 1}, 1)).ok());
}

TEST_CASE("a party sits together where it can and is split over coaches where it cannot",
          "[slot][inventory][W-12]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  SECTION("neighbours, though a single seat lies before them") {
    REQUIRE(*line.Buy("bk-1", Second({0, 3}, 1)) == Units{0});
    REQUIRE(*line.Buy("bk-2", Second({0, 3}, 1)) == Units{1});
    REQUIRE(line.Release("bk-1") == 0);
    CHECK(*line.Buy("bk-3", Second({0, 3}, 2)) == Units{2, 3});
  }
  SECTION("neighbours of another coach before strangers of one") {
    REQUIRE(*line.Buy("bk-1", Second({0, 3}, 1)) == Units{0});
    REQUIRE(*line.Buy("bk-2", Second({0, 3}, 1)) == Units{1});
    REQUIRE(*line.Buy("bk-3", Second({0, 3}, 1)) == Units{2});
    REQUIRE(line.Release("bk-2") == 0);
    CHECK(*line.Buy("bk-4", Second({0, 3}, 2)) == Units{4, 5});
    CHECK(*line.Buy("bk-5", Second({0, 3}, 2)) == Units{1, 3});
  }
  SECTION("two seats beside the coaches' border are not neighbours") {
    REQUIRE(*line.Buy("bk-1", Second({0, 3}, 3)) == Units{0, 1, 2});
    CHECK(*line.Buy("bk-2", Second({0, 3}, 2)) == Units{4, 5});
  }
  SECTION("split") {
    REQUIRE(*line.Buy("bk-1", Second({0, 3}, 3)) == Units{0, 1, 2});
    CHECK(*line.Buy("bk-2", Second({0, 3}, 3)) == Units{3, 4, 5});
  }
}

TEST_CASE("the party of three cannot be served; the party of two is, before the later single",
          "[slot][line][W-05][W-07]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  REQUIRE(line.Buy("bk-rest", Second({0, 2}, 4)).ok());
  REQUIRE(line.Buy("bk-two", Second({0, 2}, 2)).ok());
  REQUIRE(line.Wait("dm-three", Second({0, 2}, 3), 1) == EnlistOutcome::kWaiting);
  REQUIRE(line.Wait("dm-one", Second({0, 2}, 1), 3) == EnlistOutcome::kWaiting);
  REQUIRE(line.Wait("dm-two", Second({0, 2}, 2), 2) == EnlistOutcome::kWaiting);
  CHECK(line.Release("bk-two") == 1);
  CHECK(line.Served() == std::vector<std::string>{"dm-two"});
  CHECK(line.Release("bk-rest") == 2);
  CHECK(line.Served() == std::vector<std::string>{"dm-three", "dm-one"});
  CHECK(line.Free("second", {0, 2}) == 0);
}

TEST_CASE("both are served when there is room for both, the earlier first", "[slot][line][W-05]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  REQUIRE(line.Buy("bk-all", Second({0, 3}, 6)).ok());
  REQUIRE(line.Wait("dm-z", Second({0, 2}, 2), 7) == EnlistOutcome::kWaiting);
  REQUIRE(line.Wait("dm-a", Second({1, 3}, 1), 7) == EnlistOutcome::kWaiting);
  REQUIRE(line.Wait("dm-later", Second({2, 3}, 3), 8) == EnlistOutcome::kWaiting);
  CHECK(line.Release("bk-all") == 3);
  CHECK(line.Served() == std::vector<std::string>{"dm-a", "dm-z", "dm-later"});
}

TEST_CASE("waiters who ask for the same are served in turn until the room ends",
          "[slot][line][W-05]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  REQUIRE(line.Buy("bk-most", Second({0, 3}, 5)).ok());
  REQUIRE(line.Buy("bk-last", Second({0, 3}, 1)).ok());
  for (const int i : {3, 1, 4, 2}) {
    const std::string demand = "dm-" + std::to_string(i);
    REQUIRE(line.Wait(demand, Second({0, 2}, 2), i) == EnlistOutcome::kWaiting);
  }
  CHECK(line.Release("bk-most") == 2);
  CHECK(line.Served() == std::vector<std::string>{"dm-1", "dm-2"});
  CHECK(line.Release("bk-last") == 1);
  CHECK(line.Served() == std::vector<std::string>{"dm-3"});
}

TEST_CASE("a gap grows out of two releases and serves who needs both", "[slot][line][W-05]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  REQUIRE(line.Buy("bk-rest", Second({0, 3}, 5)).ok());
  REQUIRE(line.Buy("bk-ab", Second({0, 1}, 1)).ok());
  REQUIRE(line.Buy("bk-bd", Second({1, 3}, 1)).ok());
  REQUIRE(line.Wait("dm-ac", Second({0, 2}, 1), 1) == EnlistOutcome::kWaiting);
  CHECK(line.Release("bk-ab") == 0);
  CHECK(line.Release("bk-bd") == 1);
  CHECK(line.Served() == std::vector<std::string>{"dm-ac"});
}

TEST_CASE("a window's places serve the line as a train's do", "[slot][line][X-05]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  RunState window;
  window.run = kRun.run;
  window.epoch = 1;
  window.legs = 1;
  window.classes = {ClassLayout{"exit-card", ClassKind::kCounted, 2, {}}};
  line.Load(window);
  CHECK(line.Buy("bk-1", DemandKind{"exit-card", {0, 1}, 2})->empty());
  REQUIRE(line.Wait("dm-2", DemandKind{"exit-card", {0, 1}, 2}, 2) == EnlistOutcome::kWaiting);
  REQUIRE(line.Wait("dm-1", DemandKind{"exit-card", {0, 1}, 1}, 1) == EnlistOutcome::kWaiting);
  CHECK(line.Release("bk-1") == 1);
  CHECK(line.Served() == std::vector<std::string>{"dm-1"});
  CHECK(line.Free("exit-card", {0, 1}) == 1);
}

TEST_CASE("a release gives back once, however often it is called", "[slot][inventory][X-18]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  const DemandKind standing = {"standing", {0, 2}, 1};
  REQUIRE(line.Buy("bk-1", standing).ok());
  REQUIRE(line.Buy("bk-2", standing).ok());
  CHECK(line.Release("bk-1") == 0);
  CHECK(line.Release("bk-1") == -1);
  CHECK(line.Free("standing", {0, 3}) == 1);
  CHECK(line.Release("never") == -1);
}

TEST_CASE("a call repeated after a lost answer changes nothing", "[slot][inventory][X-18]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  const DemandKind two = Second({0, 3}, 2);
  CHECK(*line.Buy("bk-1", two) == *line.Buy("bk-1", two));
  CHECK(line.Free("second", {0, 3}) == 4);
  CHECK(Reason(line.Buy("bk-1", Second({0, 3}, 1)).status()) == "TOKEN_IN_USE");
  CHECK(line.Wait("dm-fits", two, 1) == EnlistOutcome::kMatched);
  CHECK(line.Wait("dm-fits", two, 1) == EnlistOutcome::kMatched);
  CHECK(line.Wait("dm-waits", Second({0, 3}, 3), 1) == EnlistOutcome::kWaiting);
  CHECK(line.Wait("dm-waits", Second({0, 3}, 3), 1) == EnlistOutcome::kWaiting);
  CHECK(line.Served() == std::vector<std::string>{"dm-fits"});
  CHECK(Reason(line.Buy("dm-waits", Second({0, 1}, 1)).status()) == "TOKEN_IN_USE");
  const WaitingDemand other = {"dm-waits", Second({0, 3}, 3), At(2)};
  CHECK(Reason(subject->Run(line.index().Enlist(kRun, other)).status()) == "TOKEN_IN_USE");
  const AddedUnits coach = {.class_code = "second", .first_unit = 6, .units = 1};
  CHECK(*subject->Run(line.index().AddCapacity(kRun, coach)) == 1);
  CHECK(*subject->Run(line.index().AddCapacity(kRun, coach)) == 0);
  CHECK(line.Free("second", {0, 3}) == 0);
}

TEST_CASE("withdrawing tells what the demand was", "[slot][line][W-08]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  REQUIRE(line.Wait("dm-fits", Second({0, 3}, 6), 1) == EnlistOutcome::kMatched);
  REQUIRE(line.Wait("dm-waits", Second({0, 1}, 1), 2) == EnlistOutcome::kWaiting);
  const auto withdraw = [&](const std::string& demand) {
    return *subject->Run(line.index().Withdraw(kRun, demand));
  };
  CHECK(withdraw("dm-waits") == WithdrawOutcome::kWithdrawn);
  CHECK(withdraw("dm-waits") == WithdrawOutcome::kUnknown);
  CHECK(withdraw("dm-fits") == WithdrawOutcome::kMatched);
  CHECK(line.Release("dm-fits") == 0);
  CHECK(withdraw("dm-fits") == WithdrawOutcome::kUnknown);
}

TEST_CASE("added units go to the line first", "[slot][line][X-13]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  REQUIRE(line.Buy("bk-all", Second({0, 3}, 6)).ok());
  REQUIRE(line.Wait("dm-1", Second({1, 2}, 2), 1) == EnlistOutcome::kWaiting);
  REQUIRE(line.Wait("dm-2", Second({0, 3}, 2), 2) == EnlistOutcome::kWaiting);
  const AddedUnits coach = {.class_code = "second", .first_unit = 6, .units = 3};
  CHECK(*subject->Run(line.index().AddCapacity(kRun, coach)) == 1);
  CHECK(line.Served() == std::vector<std::string>{"dm-1"});
  CHECK(line.Free("second", {1, 2}) == 1);
  const AddedUnits gap = {.class_code = "second", .first_unit = 10, .units = 1};
  CHECK(Reason(subject->Run(line.index().AddCapacity(kRun, gap)).status()) == "STALE_INDEX");
  const AddedUnits none = {.class_code = "second", .first_unit = 9, .units = 0};
  CHECK(Reason(subject->Run(line.index().AddCapacity(kRun, none)).status()) == "CAPACITY_INVALID");
}

TEST_CASE("a party in a counted class may be as large as the class, in line too",
          "[slot][inventory][W-05][W-07]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  RunState state = Train();
  state.classes[1].capacity = kCapacityMax;
  line.Load(state);
  const auto standing = [](LegRange legs, int party) {
    return DemandKind{"standing", legs, party};
  };
  REQUIRE(line.Buy("bk-all", standing({0, 3}, kCapacityMax)).ok());
  REQUIRE(line.Wait("dm-most", standing({0, 2}, 65536), 1) == EnlistOutcome::kWaiting);
  REQUIRE(line.Wait("dm-many", standing({1, 3}, 256), 2) == EnlistOutcome::kWaiting);
  REQUIRE(line.Wait("dm-rest", standing({0, 1}, kCapacityMax - 65536), 3) ==
          EnlistOutcome::kWaiting);
  CHECK(Reason(line.Buy("bk-one", standing({0, 1}, 1)).status()) == "SOLD_OUT");
  CHECK(Reason(line.Buy("bk-x", standing({0, 1}, kCapacityMax + 1)).status()) == "PARTY_INVALID");
  CHECK(line.Release("bk-all") == 3);
  CHECK(line.Served() == std::vector<std::string>{"dm-most", "dm-many", "dm-rest"});
  CHECK(line.Free("standing", {0, 1}) == 0);
  CHECK(line.Free("standing", {1, 2}) == kCapacityMax - 65536 - 256);
}

TEST_CASE("malformed asks are refused by name", "[slot][inventory]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  CHECK(Reason(line.Buy("bk", DemandKind{"first", {0, 1}, 1}).status()) == "CLASS_UNKNOWN");
  CHECK(Reason(line.Buy("bk", Second({1, 1}, 1)).status()) == "LEGS_INVALID");
  CHECK(Reason(line.Buy("bk", Second({-1, 1}, 1)).status()) == "LEGS_INVALID");
  CHECK(Reason(line.Buy("bk", Second({0, 4}, 1)).status()) == "LEGS_INVALID");
  CHECK(Reason(line.Buy("bk", Second({0, 1}, 0)).status()) == "PARTY_INVALID");
  CHECK(Reason(line.Buy("bk", Second({0, 1}, 101)).status()) == "PARTY_INVALID");
}

}  // namespace houbu::slot
