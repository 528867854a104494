/// Failing demands that can never be served (W-15): their run has left, or will not go.
#pragma once

#include <string>
#include <vector>

#include "libs/async/task.h"
#include "services/slot/app/placement.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Fails demands, each in a commit of its own that tells its order.
class DemandFailing final {
 public:
  /// All must outlive this.
  DemandFailing(BookingTools tools, DemandStore& demands) : tools_(tools), demands_(demands) {}

  /// Fails a demand for `reason`, as its order is told, and takes it out of the line; one that was
  /// matched or withdrawn meanwhile is left as it is.
  async::Task<void> Fail(DemandId id, std::string reason);

 private:
  BookingTools tools_;
  DemandStore& demands_;
};

/// Runs such tasks side by side, so that they share commits; gives their number. UNAVAILABLE when
/// one met an outage; else the first failure, when all have ended: one that cannot be done does not
/// hold up the others. What lost a race is left to the next sweep.
async::Task<int> EndTogether(std::vector<async::Task<void>> ends);

}  // namespace houbu::slot
