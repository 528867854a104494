#include "services/slot/app/demand_explanation.h"

#include <cstddef>

#include "libs/async/status_macros.h"

namespace houbu::slot {

using async::Task;

Task<DemandExplanation> DemandExplainer::Explain(DemandId id) {
  DemandExplanation explanation;
  explanation.as_of = tools_.clock.Now();
  ASSIGN_OR_CO_RETURN(explanation.demand, co_await demands_.Load(id));
  if (explanation.demand.state != DemandState::kWaiting) co_return explanation;
  ASSIGN_OR_CO_RETURN(const RunState state,
                      co_await tools_.inventory.ReadState(explanation.demand.run));
  explanation.why = ExplainWaiting(state, id.value());
  if (!explanation.why.has_value()) {
    // Decided between the two reads: it is told as it is now.
    ASSIGN_OR_CO_RETURN(explanation.demand, co_await demands_.Load(id));
    co_return explanation;
  }
  ASSIGN_OR_CO_RETURN(const Run run, co_await tools_.runs.Load(explanation.demand.run));
  for (const BlockingLeg& blocking : explanation.why->legs) {
    const auto leg = static_cast<std::size_t>(blocking.leg);
    explanation.blocks.push_back(
        BlockedStretch{run.stops.at(leg), run.stops.at(leg + 1), blocking.free});
  }
  co_return explanation;
}

}  // namespace houbu::slot
