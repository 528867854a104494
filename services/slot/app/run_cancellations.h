/// Cancelling runs (停运): a train that will not go, a window that stays shut.
///
/// The run is marked in one commit; what follows is found by what is left of it and done little by
/// little, each booking and each demand by a commit of its own. So whoever dies in the middle loses
/// nothing, and whoever comes after does nothing twice.
#pragma once

#include <string>
#include <vector>

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "services/slot/app/demand_failing.h"
#include "services/slot/app/placement.h"
#include "services/slot/app/ports.h"
#include "services/slot/app/ports_cancelled.h"
#include "services/slot/app/sale_switch.h"

namespace houbu::slot {

/// Cancels runs, their bookings and the demands for them.
class RunCancellations final {
 public:
  /// All must outlive this.
  RunCancellations(BookingTools tools, CancelledRuns& runs, DemandStore& demands, SaleSwitch& sales)
      : tools_(tools), runs_(runs), sales_(sales), failing_(tools, demands) {}

  /// Cancels a run; gives the stored answer. Refuses kRunNotFound, kRunDeparted.
  async::Task<std::string> Cancel(RunToCancel wanted, Mutation<CancelledRun> mutation);

  /// How far the cancellation of a run is. Refuses kRunNotCancelled.
  async::Task<CancelledRun> Find(RunId run);

  /// Goes on with what is left: up to `limit` demands are failed and their orders told; when none
  /// waits any more, up to `limit` bookings are cancelled, all that was paid for them goes back and
  /// their owners are told. Gives how many were found. What somebody changes meanwhile is left to
  /// the next sweep.
  async::Task<int> Sweep(int limit);

 private:
  async::Task<void> CancelBooking(BookingLeft left);

  BookingTools tools_;
  CancelledRuns& runs_;
  SaleSwitch& sales_;
  DemandFailing failing_;
};

}  // namespace houbu::slot
