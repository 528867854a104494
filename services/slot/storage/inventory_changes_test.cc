// The contract of the index, on memory and on Redis: what a follower reads.
#include <string>
#include <vector>

#include "services/slot/storage/inventory_subject.h"

namespace houbu::slot {
namespace {

// The shard of the run of every case.
int ShardWithChanges(InventorySubject& subject) {
  for (int shard = 0; shard < subject.index().shards(); ++shard) {
    if (!subject.Run(subject.index().ReadChanges(shard, kFirstChange, 1))->changes.empty()) {
      return shard;
    }
  }
  FAIL("no shard has changes");
  return 0;
}

std::vector<ChangeKind> KindsOf(const ChangePage& page) {
  std::vector<ChangeKind> kinds;
  for (const VacancyChange& change : page.changes) {
    kinds.push_back(change.kind);
  }
  return kinds;
}

}  // namespace

TEST_CASE("the vacancy of a run says what is free, leg by leg", "[slot][inventory][changes]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  CHECK(Reason(subject->Run(line.index().Vacancy(kRun.run)).status()) == "STALE_INDEX");
  line.Load(Train());
  REQUIRE(line.Buy("bk-1", Second({0, 2}, 2)).ok());
  REQUIRE(line.Buy("bk-2", DemandKind{"standing", {1, 2}, 1}).ok());
  const RunVacancy vacancy = *subject->Run(line.index().Vacancy(kRun.run));
  CHECK(vacancy.run == kRun.run);
  CHECK(vacancy.epoch == kRun.epoch);
  CHECK(vacancy.legs == 3);
  REQUIRE(vacancy.classes.size() == 2);
  CHECK(vacancy.classes[0].layout == Train().classes[0]);
  CHECK(vacancy.classes[0].bitmaps == std::vector<std::string>{"\x3c", "\x3c", "\xfc"});
  CHECK(vacancy.classes[1].layout == Train().classes[1]);
  CHECK(vacancy.classes[1].counts == std::vector<int>{2, 1, 2});
  const int shard = ShardWithChanges(*subject);
  const ChangePage news = *subject->Run(line.index().ReadChanges(shard, vacancy.change_id, 10));
  CHECK_FALSE(news.gap);
  CHECK(news.changes.empty());
}

TEST_CASE("a follower reads every change once, in order", "[slot][inventory][changes]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  REQUIRE(line.Buy("bk-1", Second({0, 3}, 6)).ok());
  REQUIRE(line.Buy("bk-1", Second({0, 3}, 6)).ok());
  REQUIRE(line.Wait("dm-1", Second({1, 3}, 2), 1) == EnlistOutcome::kWaiting);
  REQUIRE(line.Release("bk-1") == 1);
  REQUIRE(line.Release("bk-1") == -1);
  REQUIRE(line.Buy("bk-2", DemandKind{"standing", {1, 2}, 1}).ok());
  const AddedUnits coach = {.class_code = "second", .first_unit = 6, .units = 3};
  REQUIRE(*subject->Run(line.index().AddCapacity(kRun, coach)) == 0);
  REQUIRE(*subject->Run(line.index().AddCapacity(kRun, coach)) == 0);
  const int shard = ShardWithChanges(*subject);
  const ChangePage all = *subject->Run(line.index().ReadChanges(shard, kFirstChange, 100));
  REQUIRE(KindsOf(all) == std::vector<ChangeKind>{ChangeKind::kReplaced, ChangeKind::kTaken,
                                                  ChangeKind::kGivenBack, ChangeKind::kTaken,
                                                  ChangeKind::kTaken, ChangeKind::kAdded});
  for (const VacancyChange& change : all.changes) {
    CHECK(change.run == kRun.run);
    CHECK(change.epoch == kRun.epoch);
  }
  CHECK(all.changes[1].class_code == "second");
  CHECK(all.changes[1].legs == LegRange{0, 3});
  CHECK(all.changes[1].party == 6);
  CHECK(all.changes[1].units == Units{0, 1, 2, 3, 4, 5});
  CHECK(all.changes[2].units == Units{0, 1, 2, 3, 4, 5});
  CHECK(all.changes[3].legs == LegRange{1, 3});
  CHECK(all.changes[3].units == Units{0, 1});
  CHECK(all.changes[4].class_code == "standing");
  CHECK(all.changes[4].units.empty());
  CHECK(all.changes[5].first_unit == 6);
  CHECK(all.changes[5].added == 3);
  const ChangePage two = *subject->Run(line.index().ReadChanges(shard, all.changes[0].id, 2));
  REQUIRE(two.changes.size() == 2);
  CHECK(two.changes[0].id == all.changes[1].id);
  CHECK(two.changes[1].id == all.changes[2].id);
}

TEST_CASE("a follower whose shard was lost or replaced sees the gap",
          "[slot][inventory][changes][rebuild]") {
  const auto subject = InventorySubject::OrSkip(GENERATE(Backend::kMemory, Backend::kRedis));
  if (!subject) return;
  Line line(*subject);
  line.Load(Train());
  REQUIRE(line.Buy("bk-1", Second({0, 3}, 1)).ok());
  const int shard = ShardWithChanges(*subject);
  const std::string seen = subject->Run(line.index().Vacancy(kRun.run))->change_id;
  CHECK_FALSE(subject->Run(line.index().ReadChanges(shard, seen, 10))->gap);
  subject->Lose();
  CHECK(subject->Run(line.index().ReadChanges(shard, seen, 10))->gap);
  line.Load(Train());
  const ChangePage after = *subject->Run(line.index().ReadChanges(shard, seen, 10));
  CHECK(after.gap);
  CHECK(after.changes.empty());
  CHECK_FALSE(subject->Run(line.index().ReadChanges(shard, kFirstChange, 10))->gap);
}

}  // namespace houbu::slot
