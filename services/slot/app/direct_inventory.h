/// Selling without the index: while it is away places are found in the record itself. Slower by
/// far, so there is a limit; and nobody who waits is passed over.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "libs/base/refusal.h"
#include "services/slot/app/ports.h"
#include "services/slot/domain/place_plan.h"

namespace houbu::slot {

/// The index is away, and more is asked for than is sold without it.
inline constexpr Refusal kWithoutIndexLimited{
    absl::StatusCode::kUnavailable, "INDEX_AWAY_LIMITED",
    "Places are being sold at a lower rate for a while; try again."};

/// Places that were found, and the epoch in which they were.
struct Allocation {
  std::vector<int> units;
  std::int64_t epoch = 0;
};

/// How much is asked of the record while the index is away.
struct DirectPolicy {
  int sales_per_second = 50;
  int looks_per_second = 200;  ///< At what is free.
};

/// So many a second, and as many at once.
class RateLimit final {
 public:
  explicit RateLimit(int per_second) : per_second_(per_second), left_(per_second) {}

  /// Takes one; false when none is left.
  bool Take(absl::Time now);

 private:
  int per_second_;
  double left_;
  absl::Time at_ = absl::InfinitePast();
};

/// Finds places in the record. For the process's one event loop.
///
/// The run's epoch is raised first: whatever an index has of the run, or is told later of before,
/// is void, and its rebuild is owed from then on. Then the line is served in memory as the index
/// will do when it is back; what is left over is for the buyer. The record decides between
/// processes that find the same.
class DirectInventory final {
 public:
  /// Both must outlive this. `on_found` hears of each time places were found for a buyer.
  DirectInventory(InventoryRecord& record, const Clock& clock, DirectPolicy policy,
                  std::function<void()> on_found = nullptr)
      : record_(record),
        clock_(clock),
        on_found_(std::move(on_found)),
        sales_(policy.sales_per_second),
        looks_(policy.looks_per_second) {}

  /// Places for a buyer, as InventoryIndex::AllocateWished; to be committed under the epoch given.
  /// Refuses kWithoutIndexLimited besides, and kRunClosed by what the record says.
  async::Task<Allocation> Allocate(RunId run, DemandKind kind, std::string token,
                                   std::string positions = std::string());

  /// What is free once the line is served. Refuses kWithoutIndexLimited.
  async::Task<std::vector<ClassVacancy>> Snapshot(RunId run, LegRange legs);

  /// A place that was found will not be committed.
  void GiveBack(const std::string& run, const std::string& token);

  /// The index answers again: the epochs raised here are others' to use.
  void Forget() { own_.clear(); }

 private:
  /// Found here and perhaps not committed yet.
  struct Proposal {
    TakenPlaces places;
    absl::Time at;
  };
  /// A run whose epoch was raised here, so that no index has it.
  struct OwnRun {
    std::int64_t epoch = 0;
    std::vector<Proposal> proposals;
  };

  async::Task<RunState> OwnState(RunId run);
  void TakeProposals(OwnRun& own, const RunState& state, PlacePlan& free) const;

  InventoryRecord& record_;
  const Clock& clock_;
  std::function<void()> on_found_;
  RateLimit sales_;
  RateLimit looks_;
  std::map<std::string, OwnRun> own_;
  std::set<std::string> raising_;
};

}  // namespace houbu::slot
