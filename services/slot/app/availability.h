/// What is free of every run on the board, in this process' memory: filled from the index, then
/// kept by the changes the index tells. Searches count on it and ask nobody.
///
/// It is a copy: it says how old it is, and it never makes places up. While the index is away it
/// stays as it was; where the index lost or replaced a run, or forgot changes before they were read
/// here, what is concerned is read anew. Runs the index does not hold are as the record has them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "services/slot/app/board_keeper.h"
#include "services/slot/app/ports.h"
#include "services/slot/app/ports_catalogue.h"
#include "services/slot/app/ports_changes.h"

namespace houbu::slot {

/// How much is kept.
struct AvailabilityPolicy {
  /// Of bits and counts. Where it is not enough, the runs furthest in the future are not kept:
  /// searches that meet them ask the index.
  std::size_t bytes_max = std::size_t{512} << 20;
};

/// How the copy is doing; totals since the start.
struct AvailabilityFigures {
  std::int64_t runs_followed = 0;
  std::int64_t runs_waiting = 0;  ///< For their first fill or to be read anew.
  std::int64_t runs_dropped = 0;  ///< Not kept for want of memory.
  std::int64_t bytes = 0;
  std::int64_t changes = 0;
  std::int64_t fills = 0;
  std::int64_t fetches = 0;         ///< Runs that a search had to ask for.
  std::int64_t gaps = 0;            ///< Shards read anew because changes were forgotten.
  std::int64_t replaced = 0;        ///< Runs read anew because the index replaced or removed them.
  std::int64_t contradictions = 0;  ///< Runs read anew because a change did not fit.
  std::int64_t outages = 0;         ///< Rounds that found the index or the record away.
};

/// The copy. For one strand, except as_of() and the places of runs.
class Availability final {
 public:
  /// What it works with; everything must outlive it.
  struct Tools {
    const Clock& clock;
    BoardKeeper& board;
    InventoryIndex& index;
    ChangeFeed& feed;
    InventoryRecord& record;
    OpenedRuns& opened;
    AvailabilityPolicy policy;
  };
  explicit Availability(Tools tools) : tools_(tools) {}

  /// One round: reads what changed, then fills some runs that wait for it. An outage is no failure
  /// of the round: the next one is worth trying at once.
  async::Task<void> Follow();

  /// Up to when changes were read; InfinitePast before the first round. From any thread.
  absl::Time as_of() const;

  /// Refuses, as UNAVAILABLE, until every run on the board was looked at once, or the index is
  /// away.
  async::Task<void> CheckFilled();

  /// Asks the index, or where it has no such run or is away the record, for a run that is not kept;
  /// `known` is false where nobody could say.
  async::Task<RunPlaces> Fetch(std::shared_ptr<const SoldRun> run);

  /// How it is doing.
  AvailabilityFigures figures() const;

 private:
  enum class Stage {
    kWaiting,   // to be filled, in queue_
    kFollowed,  // filled, changes are applied
    kAbsent,    // not in the index: to be filled from the record, in absent_
    kDropped,   // not kept, in dropped_
  };
  struct Kept {
    std::shared_ptr<SoldRun> run;
    Stage stage = Stage::kWaiting;
    bool known = false;  // shows something, if only what was true before
    std::int64_t epoch = 0;
    ChangeId upto;  // changes up to this one are in it
    std::size_t bytes = 0;
  };
  static constexpr std::int64_t kNever = INT64_MIN;

  // What is resynchronised comes first, then what leaves first.
  using Rank = std::tuple<bool, absl::Time, std::string>;

  Rank RankOf(const Kept& kept) const {
    return {!kept.known, kept.run->ends_at, kept.run->id.value()};
  }
  void MeetBoard();
  void Queue(Kept& kept);
  void LeaveStage(Kept& kept);

  async::Task<bool> ReadChanges();
  async::Task<void> Rejoin(int shard);
  void Apply(const VacancyChange& change);
  bool ApplyTo(Kept& kept, const VacancyChange& change);

  async::Task<void> Fill();
  async::Task<void> FillSome();
  async::Task<void> FillAbsent();
  async::Task<void> FillFromState(std::string run);
  async::Task<std::set<std::string>> InUse();
  void Store(Kept& kept, std::vector<FreePlaces> classes);
  void StoreFrom(Kept& kept, const RunVacancy& vacancy);
  void StoreUntouched(Kept& kept, const std::vector<RunClass>& classes);
  void Drop(Kept& kept);
  void MakeRoom();
  void TakeBackDropped();

  Tools tools_;
  std::atomic<std::int64_t> as_of_{kNever};  // microseconds
  bool filled_ = false;
  bool was_away_ = false;
  std::int64_t generation_ = -1;
  std::vector<std::string> read_to_;  // by shard; empty before the first round
  absl::flat_hash_map<std::string, Kept> kept_;
  std::set<Rank> queue_;
  std::set<std::string> absent_;
  std::set<std::pair<absl::Time, std::string>> followed_;
  std::set<std::pair<absl::Time, std::string>> dropped_;
  std::size_t bytes_ = 0;
  AvailabilityFigures figures_;
};

}  // namespace houbu::slot
