#include "services/slot/app/trip_lookup.h"

#include <cstddef>
#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {

using async::Task;

Task<TripPage> TripLookup::List(TripFilter filter) {
  const auto size = static_cast<std::size_t>(filter.limit++);
  filter.departing_after = clock_.Now();
  TripPage page;
  ASSIGN_OR_CO_RETURN(page.trips, co_await trips_.ListTrips(std::move(filter)));
  if (page.trips.size() <= size) co_return page;
  page.trips.resize(size);
  page.next = TripPosition{page.trips.back().day, page.trips.back().booking.value()};
  co_return page;
}

}  // namespace houbu::slot
