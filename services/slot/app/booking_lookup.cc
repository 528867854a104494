#include "services/slot/app/booking_lookup.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {

using async::Task;

Task<Booking> BookingLookup::Get(std::string account, BookingId id) {
  ASSIGN_OR_CO_RETURN(Booking booking, co_await bookings_.Load(std::move(id)));
  if (booking.account != account) co_return Refuse(kBookingNotFound);
  co_return booking;
}

Task<std::vector<Booking>> BookingLookup::List(BookingFilter filter) {
  co_return co_await bookings_.List(std::move(filter));
}

}  // namespace houbu::slot
