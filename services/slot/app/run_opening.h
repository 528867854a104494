/// Opening runs: some weeks ahead of their day, trains and windows become runs that can be sold.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "services/slot/app/ports_catalogue.h"
#include "services/slot/app/timetable_cache.h"
#include "services/slot/domain/run_draft.h"

namespace houbu::slot {

/// Keeps the horizon open. For one strand.
class RunOpening final {
 public:
  /// What it works with; everything must outlive it.
  struct Tools {
    const Clock& clock;
    const TimetableCache& cache;
    OpenedRuns& runs;
    RunOpeningPolicy policy;
  };
  explicit RunOpening(Tools tools) : tools_(tools) {}

  /// Opens what the catalogue in memory has from today to the horizon and is not open yet; gives
  /// how many runs it opened. Runs that are open stay as they are.
  async::Task<int> OpenHorizon();

 private:
  std::vector<RunDraft> Missing(const Catalogue& catalogue, const std::set<TripDay>& open,
                                absl::Time now) const;

  Tools tools_;
  std::int64_t done_version_ = 0;  // for which the horizon was open
  std::int64_t done_quarter_ = 0;  // in that quarter of an hour
};

}  // namespace houbu::slot
