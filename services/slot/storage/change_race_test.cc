// Batches beside each other, and random batches beside the record in memory.
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_join.h"
#include <boost/asio/co_spawn.hpp>

#include "services/slot/storage/batch_subject.h"

namespace houbu::slot {
namespace {

unsigned SeedOfRun() { return Catch::rngSeed() == 0 ? std::random_device()() : Catch::rngSeed(); }

/// Random changes of train g1: mostly such as are refused for one reason or another.
class RandomChanges final {
 public:
  RandomChanges(Batches& batches, unsigned seed) : batches_(batches), random_(seed) {}

  int Below(int bound) { return std::uniform_int_distribution<>(0, bound - 1)(random_); }

  Change Booking() {
    const std::string id = absl::StrCat("bk-", 1000 + ++bookings_);
    const int first = Below(2);
    const LegRange legs{first, first + 1 + Below(2 - first)};
    std::vector<std::string> travellers;
    std::vector<int> units;
    const int start = Below(4);
    for (int i = 0; i <= Below(3); ++i) {
      travellers.push_back(absl::StrCat("t", (Below(8) * 3) + i));
      units.push_back((start + i) % 4);
    }
    if (Below(3) == 0) units.clear();
    Change change = batches_.Books(id, absl::StrJoin(travellers, ","), legs, std::move(units));
    if (Below(12) == 0) change.claim->epoch = 9;
    if (Below(3) > 0) return change;
    return batches_.Answering(std::move(change), absl::StrCat("rq-", Below(40)),
                              Below(4) == 0 ? "g" : "f");
  }

  Change Demand() { return batches_.Enlists(absl::StrCat("dm-", Below(60))); }

 private:
  Batches& batches_;
  std::mt19937 random_;
  int bookings_ = 0;
};

/// Checks that memory, told in some order, answers as the batch did: those who passed pass one
/// after the other, and nobody was refused for nothing.
void CheckAsInMemory(RecordScene& scene, MemoryRecord& memory, const std::vector<Change>& changes,
                     const std::vector<std::string>& reasons) {
  const auto reason_of = [&](const Change& change) {
    return ReasonOfResult(scene.Run(memory.Commit(change)));
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    INFO("change " << i);
    if (reasons[i].empty()) REQUIRE(reason_of(changes[i]).empty());
  }
  for (std::size_t i = 0; i < changes.size(); ++i) {
    INFO("change " << i << ": " << reasons[i]);
    if (!reasons[i].empty()) REQUIRE_FALSE(reason_of(changes[i]).empty());
  }
}

/// Bookings that hold places in memory.
std::vector<std::string> Holding(RecordScene& scene, MemoryRecord& memory) {
  std::vector<std::string> ids;
  const RunState state = scene.Run(memory.ReadState(RunId("g1"))).value();
  for (const TakenPlaces& taken : state.taken) ids.push_back(taken.token);
  return ids;
}

Change CancelOf(RecordScene& scene, MemoryRecord& memory, const std::string& id) {
  Change change;
  change.now = scene.clock.Now();
  const Booking kept = scene.Run(static_cast<BookingStore&>(memory).Load(BookingId(id))).value();
  change.booking = Cancel(kept, "行程有变", change.now).value();
  change.frees = kept.id;
  change.owes_index = kept.trip.run;
  return change;
}

}  // namespace

TEST_CASE("random batches are answered as the record in memory answers in some order",
          "[slot][record][batch][random][X-01][X-07][W-15]") {
  const auto scene = RecordScene::OrSkip();
  if (!scene) return;
  const unsigned seed = SeedOfRun();
  INFO("seed " << seed << " (repeat with --rng-seed)");
  Batches batches(*scene);
  RandomChanges random(batches, seed);
  MemoryRecord memory(scene->clock);
  memory.Open(TrainG1());
  for (int round = 0; round < 40; ++round) {
    std::vector<Change> changes;
    // What is given back comes first: in a batch it is free for all.
    for (const std::string& id : Holding(*scene, memory)) {
      if (random.Below(2) > 0) continue;
      changes.push_back(CancelOf(*scene, memory, id));
      if (random.Below(5) == 0) changes.push_back(changes.back());
    }
    for (int i = random.Below(24); i >= 0; --i) {
      changes.push_back(random.Below(6) == 0 ? random.Demand() : random.Booking());
    }
    CheckAsInMemory(*scene, memory, changes, batches.Commit(changes));
    const RunState kept = scene->Run(scene->inventory.ReadState(RunId("g1"))).value();
    const RunState expected = scene->Run(memory.ReadState(RunId("g1"))).value();
    REQUIRE(kept.taken == expected.taken);
    REQUIRE(kept.waiting.size() == expected.waiting.size());
  }
  batches.CheckGuards();
}

TEST_CASE("batches beside each other on one run sell no place twice and wait in no circle",
          "[slot][record][batch][race][X-01][X-18]") {
  const auto scene = RecordScene::OrSkip();
  if (!scene) return;
  const unsigned seed = SeedOfRun();
  INFO("seed " << seed << " (repeat with --rng-seed)");
  postgres::GroupCommitOptions options;
  options.batch_max = 6;
  options.lanes = 4;
  PostgresRecord record(scene->pool, EncodeEffectCall, options);
  Batches batches(*scene);
  RandomChanges random(batches, seed);
  std::map<std::string, int> reasons;
  for (int round = 0; round < 6; ++round) {
    std::vector<Change> changes;
    const auto held = scene->Run(scene->pool.Query("SELECT booking_id FROM allocations")).value();
    for (int i = 0; i < held.rows(); ++i) {
      changes.push_back(batches.Cancels(held.row(i).Text("booking_id")));
    }
    for (int i = 0; i < 60; ++i) changes.push_back(random.Booking());
    int left = static_cast<int>(changes.size());
    for (const Change& change : changes) {
      boost::asio::co_spawn(scene->loop, record.Commit(change),
                            [&](std::exception_ptr, const absl::StatusOr<Committed>& answer) {
                              --left;
                              ++reasons[answer.ok() ? "OK" : ReasonOfResult(answer)];
                            });
    }
    scene->loop.restart();
    while (left > 0 && scene->loop.run_one() > 0) {
    }
    batches.CheckGuards();
  }
  const std::set<std::string> known = {"OK",          "PLACE_TAKEN",   "ONE_TICKET_PER_RUN",
                                       "STALE_INDEX", "REQUEST_RACED", "REQUEST_ID_REUSED"};
  for (const auto& [reason, count] : reasons) {
    INFO(count << " times " << reason);
    CHECK(known.count(reason) == 1);
  }
  CHECK(reasons["OK"] > 12);
  CHECK(reasons["PLACE_TAKEN"] > 12);
}

TEST_CASE("whoever raises a run's epoch waits for claims under way and stops those that follow",
          "[slot][record][batch][race][X-05]") {
  const auto scene = RecordScene::OrSkip();
  if (!scene) return;
  Batches batches(*scene);
  RandomChanges random(batches, SeedOfRun());
  int passed = 0;
  int left = 41;
  std::set<std::string> seen;
  for (int i = 0; i < 40; ++i) {
    if (i == 20) {
      // In the midst of them; what it reads afterwards has all that was committed before it.
      const auto raise = [&]() -> boost::asio::awaitable<absl::Status> {
        const auto raised = co_await scene->inventory.RaiseEpoch(RunId("g1"), 1, 0);
        const auto state = co_await scene->inventory.ReadState(RunId("g1"));
        for (const TakenPlaces& taken : state->taken) seen.insert(taken.token);
        co_return raised.status();
      };
      boost::asio::co_spawn(scene->loop, raise, [&left](std::exception_ptr, absl::Status raised) {
        CHECK(raised.ok());
        --left;
      });
    }
    boost::asio::co_spawn(scene->loop, scene->record.Commit(random.Booking()),
                          [&](std::exception_ptr, const absl::StatusOr<Committed>& answer) {
                            --left;
                            passed += answer.ok() ? 1 : 0;
                          });
  }
  scene->loop.restart();
  while (left > 0 && scene->loop.run_one() > 0) {
  }
  CHECK(static_cast<int>(seen.size()) == passed);
  CHECK(batches.Commit({batches.Books("bk-1", "t99", {0, 1}, {})}) ==
        std::vector<std::string>{"STALE_INDEX"});
}

}  // namespace houbu::slot
