/// Why not yet: what a demand still waits for.
#pragma once

#include <optional>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "services/slot/app/placement.h"
#include "services/slot/app/ports.h"
#include "services/slot/domain/why_not_yet.h"

namespace houbu::slot {

/// A leg that blocks a demand, with its stops.
struct BlockedStretch {
  Stop from;
  Stop to;
  int free = 0;  ///< How many places are free on it.
};

/// Where a demand stands and, while it waits, why.
struct DemandExplanation {
  Demand demand;
  std::optional<WhyNotYet> why;        ///< Nothing once it is decided.
  std::vector<BlockedStretch> blocks;  ///< The legs of `why`, in their order.
  absl::Time as_of;                    ///< All that was recorded up to then is in it.
};

/// Explains demands, by the record alone.
class DemandExplainer final {
 public:
  /// `tools` and `demands` must outlive this.
  DemandExplainer(BookingTools tools, DemandStore& demands) : tools_(tools), demands_(demands) {}

  /// Explains a demand. Places, the line and the demand's place in it are of one moment. Refuses
  /// kDemandNotFound.
  async::Task<DemandExplanation> Explain(DemandId id);

 private:
  BookingTools tools_;
  DemandStore& demands_;
};

}  // namespace houbu::slot
