#include "services/slot/app/demand_failing.h"

#include <utility>

#include "libs/async/join.h"
#include "libs/async/status_macros.h"

namespace houbu::slot {

using async::Task;

Task<void> DemandFailing::Fail(DemandId id, std::string reason) {
  ASSIGN_OR_CO_RETURN(Demand waiting, co_await demands_.Load(std::move(id)));
  absl::StatusOr<Demand> failed = slot::Fail(std::move(waiting), reason);
  // Matched or withdrawn since it was found.
  if (!failed.ok()) co_return absl::OkStatus();
  Change change;
  change.now = tools_.clock.Now();
  change.effects.emplace_back(DemandLost{failed->id, failed->order, failed->fail_reason});
  change.owes_index = failed->run;
  change.demand = *failed;
  ASSIGN_OR_CO_RETURN(const Committed committed, co_await tools_.record.Commit(std::move(change)));
  const absl::Status ignored =
      co_await tools_.fresh_index.TakeOut(failed->run, committed, failed->id.value());
  co_return absl::OkStatus();
}

Task<int> EndTogether(std::vector<Task<void>> ends) {
  const int found = static_cast<int>(ends.size());
  ASSIGN_OR_CO_RETURN(const std::vector<absl::Status> ended,
                      co_await async::Join<void>(std::move(ends)));
  absl::Status failure;
  for (const absl::Status& one : ended) {
    if (absl::IsUnavailable(one)) co_return one;
    if (!absl::IsAborted(one)) failure.Update(one);
  }
  if (!failure.ok()) co_return failure;
  co_return found;
}

}  // namespace houbu::slot
