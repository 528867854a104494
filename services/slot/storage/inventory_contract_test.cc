// The contract of the index, on memory and on Redis.
#include <string>
#include <vector>

#include "services/slot/storage/inventory_subject.h"

namespace houbu::slot {
namespace {

using Units = std::vector<int>;

const RunEpoch kRun = {"rn-g35", 1};

absl::Time At(std::int64_t micros) { return absl::FromUnixMicros(1793491200000000 + micros); }

DemandKind Second(LegRange legs, int party) { return DemandKind{"second", legs, party}; }

// Three legs A-B-C-D; second class in two coaches of four and two seats; two standing places.
RunState Train() {
  RunState state;
  state.run = kRun.run;
  state.epoch = kRun.epoch;
  state.legs = 3;
  state.classes = {ClassLayout{"second", ClassKind::kAssigned, 6, {4, 2}},
                   ClassLayout{"standing", ClassKind::kCounted, 2, {}}};
  return state;
}

// The calls of a case, in words; every outage fails it.
class Line final {
 public:
  explicit Line(InventorySubject& subject) : subject_(subject) {}

  void Load(RunState state) { REQUIRE(subject_.Run(index().Load(std::move(state))).ok()); }

  absl::StatusOr<Units> Buy(const std::string& token, DemandKind kind) {
    return subject_.Run(index().Allocate(kRun, kind, token));
  }

  EnlistOutcome Wait(const std::string& demand, DemandKind kind, std::int64_t micros) {
    const auto outcome =
        subject_.Run(index().Enlist(kRun, WaitingDemand{demand, kind, At(micros)}));
    REQUIRE(outcome.ok());
    return *outcome;
  }

  int Release(const std::string& token) {
    const auto outcome = subject_.Run(index().Release(kRun, token));
    REQUIRE(outcome.ok());
    return outcome->released ? outcome->matches : -1;
  }

  // Whom the line served since the last call, in order.
  std::vector<std::string> Served() {
    std::vector<std::string> demands;
    for (const Match& match : subject_.TakeMatches("test")) {
      demands.push_back(match.demand);
    }
    return demands;
  }

  int Free(const std::string& class_code, LegRange legs) {
    const auto vacancies = subject_.Run(index().Snapshot(kRun, legs));
    REQUIRE(vacancies.ok());
    for (const ClassVacancy& vacancy : *vacancies) {
      if (vacancy.class_code == class_code) {
        return vacancy.free;
      }
    }
    return -1;
  }

  InventoryIndex& index() { return subject_.index(); }

 private:
  InventorySubject& subject_;
};

std::string ReasonOf(const absl::Status& status) { return std::string(houbu::ReasonOf(status)); }

}  // namespace

TEST_CASE("a seat taken over A-C still sells C-D, and A-C is sold out", "[slot][inventory][X-01]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  for (int i = 0; i < 6; ++i) {
    CHECK(*line.Buy("bk-" + std::to_string(i), Second({0, 2}, 1)) == Units{i});
  }
  CHECK(ReasonOf(line.Buy("bk-6", Second({0, 2}, 1)).status()) == "SOLD_OUT");
  CHECK(ReasonOf(line.Buy("bk-6", Second({1, 3}, 1)).status()) == "SOLD_OUT");
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
  CHECK(ReasonOf(line.Buy("bk-ac", Second({0, 2}, 1)).status()) == "SOLD_OUT");
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
  CHECK(ReasonOf(line.Buy("bk-1", Second({0, 3}, 1)).status()) == "TOKEN_IN_USE");
  CHECK(line.Wait("dm-fits", two, 1) == EnlistOutcome::kMatched);
  CHECK(line.Wait("dm-fits", two, 1) == EnlistOutcome::kMatched);
  CHECK(line.Wait("dm-waits", Second({0, 3}, 3), 1) == EnlistOutcome::kWaiting);
  CHECK(line.Wait("dm-waits", Second({0, 3}, 3), 1) == EnlistOutcome::kWaiting);
  CHECK(line.Served() == std::vector<std::string>{"dm-fits"});
  CHECK(ReasonOf(line.Buy("dm-waits", Second({0, 1}, 1)).status()) == "TOKEN_IN_USE");
  const WaitingDemand other = {"dm-waits", Second({0, 3}, 3), At(2)};
  CHECK(ReasonOf(subject->Run(line.index().Enlist(kRun, other)).status()) == "TOKEN_IN_USE");
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
  CHECK(ReasonOf(subject->Run(line.index().AddCapacity(kRun, gap)).status()) == "STALE_INDEX");
  const AddedUnits none = {.class_code = "second", .first_unit = 9, .units = 0};
  CHECK(ReasonOf(subject->Run(line.index().AddCapacity(kRun, none)).status()) ==
        "CAPACITY_INVALID");
}

TEST_CASE("malformed asks are refused by name", "[slot][inventory]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  CHECK(ReasonOf(line.Buy("bk", DemandKind{"first", {0, 1}, 1}).status()) == "CLASS_UNKNOWN");
  CHECK(ReasonOf(line.Buy("bk", Second({1, 1}, 1)).status()) == "LEGS_INVALID");
  CHECK(ReasonOf(line.Buy("bk", Second({-1, 1}, 1)).status()) == "LEGS_INVALID");
  CHECK(ReasonOf(line.Buy("bk", Second({0, 4}, 1)).status()) == "LEGS_INVALID");
  CHECK(ReasonOf(line.Buy("bk", Second({0, 1}, 0)).status()) == "PARTY_INVALID");
  CHECK(ReasonOf(line.Buy("bk", Second({0, 1}, 101)).status()) == "PARTY_INVALID");
}

TEST_CASE("an index that is lost or of another epoch says so and which it has",
          "[slot][inventory][rebuild]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  const absl::Status missing = line.Buy("bk", Second({0, 1}, 1)).status();
  CHECK(ReasonOf(missing) == "STALE_INDEX");
  CHECK(MetadataOf(missing) == Metadata{{"epoch", "0"}});
  RunState state = Train();
  state.epoch = 7;
  line.Load(state);
  const absl::Status older = line.Buy("bk", Second({0, 1}, 1)).status();
  CHECK(ReasonOf(older) == "STALE_INDEX");
  CHECK(MetadataOf(older) == Metadata{{"epoch", "7"}});
  state.epoch = 6;
  CHECK(ReasonOf(subject->Run(line.index().Load(state)).status()) == "STALE_INDEX");
  state.epoch = 7;
  state.classes.clear();
  CHECK(*subject->Run(line.index().Load(state)) == 0);
  CHECK(subject->Run(line.index().FullState(kRun.run))->state.classes.size() == 2);
}

TEST_CASE("a lost index is rebuilt from the record and serves on", "[slot][inventory][rebuild]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  RunState state = Train();
  state.taken = {TakenPlaces{"bk-1", Second({0, 2}, 2), {1, 3}},
                 TakenPlaces{"bk-2", DemandKind{"standing", {1, 3}, 1}, {}}};
  state.waiting = {WaitingDemand{"dm-3", Second({0, 3}, 5), At(1)},
                   WaitingDemand{"dm-2", Second({0, 1}, 5), At(3)},
                   WaitingDemand{"dm-1", Second({1, 3}, 1), At(2)}};
  line.Load(state);
  subject->Lose();
  CHECK(ReasonOf(line.Buy("bk", Second({0, 1}, 1)).status()) == "STALE_INDEX");
  line.Load(state);
  CHECK(line.Served() == std::vector<std::string>{"dm-1"});
  CHECK(line.Release("bk-1") == 1);
  CHECK(line.Served() == std::vector<std::string>{"dm-3"});
  const IndexState index = *subject->Run(line.index().FullState(kRun.run));
  CHECK(index.state.waiting == std::vector<WaitingDemand>(1, state.waiting[1]));
  CHECK(index.free == FreeOf(index.state));
}

TEST_CASE("a state that contradicts itself is not loaded", "[slot][inventory][rebuild]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  RunState state = Train();
  const DemandKind standing = {"standing", {1, 3}, 2};
  SECTION("a unit-leg twice") {
    state.taken = {TakenPlaces{"bk-1", Second({0, 2}, 1), {1}},
                   TakenPlaces{"bk-2", Second({1, 3}, 1), {1}}};
  }
  SECTION("more counted places than exist") {
    state.taken = {TakenPlaces{"bk-1", standing, {}}, TakenPlaces{"bk-2", standing, {}}};
  }
  SECTION("a unit that does not exist") {
    state.taken = {TakenPlaces{"bk-1", Second({0, 1}, 1), {6}}};
  }
  SECTION("a unit too few") { state.taken = {TakenPlaces{"bk-1", Second({0, 1}, 2), {2}}}; }
  SECTION("a token twice") {
    state.taken = {TakenPlaces{"bk-1", Second({0, 1}, 1), {1}},
                   TakenPlaces{"bk-1", Second({0, 1}, 1), {2}}};
  }
  SECTION("served and waiting") {
    state.taken = {TakenPlaces{"dm-1", Second({0, 1}, 1), {1}}};
    state.waiting = {WaitingDemand{"dm-1", Second({0, 1}, 1), At(1)}};
  }
  SECTION("coaches that do not hold the seats") { state.classes[0].coach_sizes = {4, 3}; }
  SECTION("no legs") { state.legs = 0; }
  CHECK(ReasonOf(Validate(state)) == "STATE_INVALID");
  CHECK(ReasonOf(subject->Run(subject->index().Load(state)).status()) == "STATE_INVALID");
  const auto nothing = subject->Run(subject->index().FullState(kRun.run));
  CHECK(ReasonOf(nothing.status()) == "STALE_INDEX");
}

TEST_CASE("a match stays with its reader until it is decided", "[slot][line][match]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  REQUIRE(line.Wait("dm-1", Second({0, 2}, 2), 1) == EnlistOutcome::kMatched);
  REQUIRE(line.Wait("dm-2", DemandKind{"standing", {0, 3}, 1}, 1) == EnlistOutcome::kMatched);
  int shard = 0;
  std::vector<Match> read;
  for (int i = 0; i < line.index().shards(); ++i) {
    const auto here = *subject->Run(line.index().ReadMatches(i, "one", 10));
    shard = here.empty() ? shard : i;
    read.insert(read.end(), here.begin(), here.end());
  }
  REQUIRE(read.size() == 2);
  CHECK(read[0].run == kRun.run);
  CHECK(read[0].epoch == 1);
  CHECK(read[0].demand == "dm-1");
  CHECK(read[0].kind == Second({0, 2}, 2));
  CHECK(read[0].units == Units{0, 1});
  CHECK(read[1].units.empty());
  CHECK(subject->Run(line.index().ReadMatches(shard, "two", 10))->empty());
  CHECK(subject->Run(line.index().ReadMatches(shard, "one", 10))->size() == 2);
  REQUIRE(subject->Run(line.index().AckMatch(read[0])).ok());
  const auto left = *subject->Run(line.index().ReadMatches(shard, "one", 10));
  REQUIRE(left.size() == 1);
  CHECK(left[0].demand == "dm-2");
}

TEST_CASE("what nobody confirmed is listed, with who has it", "[slot][inventory][orphan]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  REQUIRE(line.Buy("bk-1", Second({0, 2}, 1)).ok());
  REQUIRE(line.Buy("bk-2", Second({0, 2}, 1)).ok());
  REQUIRE(line.Buy("bk-3", Second({0, 2}, 1)).ok());
  REQUIRE(line.Wait("dm-1", Second({0, 2}, 2), 1) == EnlistOutcome::kMatched);
  REQUIRE(subject->Run(line.index().Confirm(kRun.run, {"bk-1"})).ok());
  REQUIRE(line.Release("bk-2") == 0);
  const auto list = [&](absl::Duration age) {
    std::vector<std::string> tokens;
    for (int shard = 0; shard < line.index().shards(); ++shard) {
      const auto here = *subject->Run(line.index().UnconfirmedTokens(shard, age, 10));
      for (const UnconfirmedToken& token : here) {
        CHECK(token.run == kRun.run);
        tokens.push_back(token.token + (token.holder == TokenHolder::kDemand ? " d" : " b"));
      }
    }
    return tokens;
  };
  CHECK(list(absl::ZeroDuration()) == std::vector<std::string>{"bk-3 b", "dm-1 d"});
  CHECK(list(absl::Hours(1)).empty());
  CHECK(line.Served() == std::vector<std::string>{"dm-1"});
  CHECK(list(absl::ZeroDuration()) == std::vector<std::string>{"bk-3 b"});
}

}  // namespace houbu::slot
