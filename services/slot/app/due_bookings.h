/// Bookings whose time has come: holds nobody paid expire and give their places to the line, and
/// journeys that are over are marked as travelled. Found by their due_at, never by a timer.
#pragma once

#include "libs/async/task.h"
#include "services/slot/app/placement.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Sweeps bookings that are due.
class DueBookings final {
 public:
  /// Works with `tools`.
  explicit DueBookings(BookingTools tools) : tools_(tools) {}

  /// Handles up to `limit` due bookings; gives how many were found. A booking somebody changes
  /// meanwhile is left to the next sweep.
  async::Task<int> Sweep(int limit);

 private:
  async::Task<void> Handle(BookingId id);
  async::Task<void> EndHold(Booking booking, absl::Time now);
  async::Task<void> EndJourney(Booking booking, absl::Time now);

  BookingTools tools_;
};

}  // namespace houbu::slot
