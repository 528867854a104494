#include "services/slot/app/index_clearing.h"

#include <utility>
#include <vector>

#include "libs/async/status_macros.h"
#include "libs/base/refusal.h"

namespace houbu::slot {
namespace {

using async::Task;

// How long a run may have been left in the index by those who ran before.
constexpr absl::Duration kLeftMax = absl::Hours(14 * 24);

}  // namespace

Task<int> IndexClearing::Round(int count) {
  const absl::Time departed_by = tools_.clock.Now() - kRunLongest;
  if (!begun_) {
    cleared_to_.departs_at = departed_by - kLeftMax;
    begun_ = true;
  }
  ASSIGN_OR_CO_RETURN(const std::vector<EndedRun> ended,
                      co_await tools_.runs.Read(cleared_to_, departed_by, count));
  for (const EndedRun& run : ended) {
    RunEpoch epoch;
    epoch.run = run.id.value();
    epoch.epoch = run.epoch;
    const absl::Status removed = co_await tools_.index.Remove(std::move(epoch));
    // One of a later epoch is somebody's who has built it just now.
    if (!removed.ok() && ReasonOf(removed) != kStaleIndex.reason) co_return removed;
    cleared_to_ = run;
  }
  co_return static_cast<int>(ended.size());
}

}  // namespace houbu::slot
