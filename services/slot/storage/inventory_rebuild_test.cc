// The contract of the index, on memory and on Redis: rebuilding it, matches, orphans.
#include <string>
#include <vector>

#include "services/slot/storage/inventory_subject.h"

namespace houbu::slot {

TEST_CASE("an index that is lost or of another epoch says so and which it has",
          "[slot][inventory][rebuild]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  const absl::Status missing = line.Buy("bk", Second({0, 1}, 1)).status();
  CHECK(Reason(missing) == "STALE_INDEX");
  CHECK(MetadataOf(missing) == Metadata{{"epoch", "0"}});
  RunState state = Train();
  state.epoch = 7;
  line.Load(state);
  const absl::Status older = line.Buy("bk", Second({0, 1}, 1)).status();
  CHECK(Reason(older) == "STALE_INDEX");
  CHECK(MetadataOf(older) == Metadata{{"epoch", "7"}});
  state.epoch = 6;
  CHECK(Reason(subject->Run(line.index().Load(state)).status()) == "STALE_INDEX");
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
  CHECK(Reason(line.Buy("bk", Second({0, 1}, 1)).status()) == "STALE_INDEX");
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
  SECTION("a class code with a blank") { state.classes[0].code = "second class"; }
  SECTION("no legs") { state.legs = 0; }
  CHECK(Reason(Validate(state)) == "STATE_INVALID");
  CHECK(Reason(subject->Run(subject->index().Load(state)).status()) == "STATE_INVALID");
  const auto nothing = subject->Run(subject->index().FullState(kRun.run));
  CHECK(Reason(nothing.status()) == "STALE_INDEX");
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

TEST_CASE("matches that cannot be decided leave room for new ones", "[slot][line][match]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  const auto read = [&] {
    std::vector<std::string> demands;
    for (int i = 0; i < line.index().shards(); ++i) {
      const std::vector<Match> matches = *subject->Run(line.index().ReadMatches(i, "one", 4));
      for (const Match& match : matches) demands.push_back(match.demand);
    }
    return demands;
  };
  for (int i = 1; i <= 4; ++i) {
    REQUIRE(line.Wait(absl::StrCat("dm-", i), Second({0, 1}, 1), i) == EnlistOutcome::kMatched);
  }
  REQUIRE(read().size() == 4);
  REQUIRE(line.Wait("dm-new", Second({1, 2}, 1), 5) == EnlistOutcome::kMatched);
  CHECK(read() == std::vector<std::string>{"dm-1", "dm-2", "dm-3", "dm-new"});
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
