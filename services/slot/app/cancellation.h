/// Cancellation: a booking ends at once, its money goes back by the policy, and its places go to
/// the first in line whom they fit, never by themselves to who gave them up.
#pragma once

#include <string>

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "services/slot/app/placement.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// What is asked for.
struct CancellationWish {
  Origin origin;
  BookingId booking;
  std::string reason;  ///< 1 to 200 characters (R-23).
};

/// Cancels bookings.
class Cancellation final {
 public:
  /// Works with `tools`.
  explicit Cancellation(BookingTools tools) : tools_(tools) {}

  /// Cancels; gives the stored answer. Refuses kBookingNotFound, kBookingOver, kRunDeparted.
  async::Task<std::string> Cancel(CancellationWish wish, Mutation<Booking> mutation);

 private:
  struct Cancelled {
    std::string answer;
    bool replayed = false;
    Booking booking;
    Committed committed;
  };
  async::Task<Cancelled> Attempt(CancellationWish wish, Mutation<Booking> mutation);
  async::Task<Cancelled> CancelNow(CancellationWish wish, Mutation<Booking> mutation);

  BookingTools tools_;
};

}  // namespace houbu::slot
