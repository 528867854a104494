/// My bookings: what an account has booked, with every state and what happened.
#pragma once

#include <vector>

#include "libs/async/task.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Looks bookings up for their owner.
class BookingLookup final {
 public:
  /// `bookings` must outlive this.
  explicit BookingLookup(BookingStore& bookings) : bookings_(bookings) {}

  /// A booking of the account; refuses kBookingNotFound, also for somebody else's.
  async::Task<Booking> Get(std::string account, BookingId id);

  /// The bookings that pass the filter, newest first.
  async::Task<std::vector<Booking>> List(BookingFilter filter);

 private:
  BookingStore& bookings_;
};

}  // namespace houbu::slot
