#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

#include "services/slot/app/memory_record.h"
#include "services/slot/domain/rules.h"

namespace houbu::slot {
namespace {

using async::Task;

template <class T>
void Keep(std::vector<T>& list, int limit) {
  if (list.size() > static_cast<std::size_t>(limit)) list.resize(static_cast<std::size_t>(limit));
}

bool Passes(const Booking& booking, const BookingFilter& filter) {
  if (booking.account != filter.account) return false;
  if (filter.state.has_value() && booking.state != *filter.state) return false;
  if (filter.from_day.has_value() && booking.trip.service_date < *filter.from_day) return false;
  if (filter.to_day.has_value() && booking.trip.service_date > *filter.to_day) return false;
  if (!filter.before.empty() && booking.id.value() >= filter.before) return false;
  return absl::StrContains(absl::AsciiStrToLower(booking.cancel_reason),
                           absl::AsciiStrToLower(filter.cancel_reason));
}

bool Passes(const Booking& booking, const TripFilter& filter) {
  const Trip& trip = booking.trip;
  if (trip.kind != RunKind::kWindow || !HoldsPlaces(booking.state)) return false;
  if (booking.state == BookingState::kUsed) return false;
  if (booking.destination_country != filter.destination_country) return false;
  if (filter.from_day.has_value() && trip.service_date < *filter.from_day) return false;
  if (filter.to_day.has_value() && trip.service_date > *filter.to_day) return false;
  return trip.departs_at > filter.departing_after;
}

PlannedTrip PlannedOf(const Booking& booking) {
  PlannedTrip planned;
  planned.booking = booking.id;
  planned.account = booking.account;
  planned.state = booking.state;
  for (const Place& place : booking.places) planned.travellers.push_back(place.traveller.key);
  planned.destination_country = booking.destination_country;
  planned.day = booking.trip.service_date;
  return planned;
}

/// Where it stands in the list of trips.
auto RankOf(absl::CivilDay day, absl::string_view booking) { return std::make_pair(day, booking); }

}  // namespace

Task<Booking> MemoryRecord::Load(BookingId id) {
  const auto found = bookings_.find(id.value());
  if (found == bookings_.end()) co_return Refuse(kBookingNotFound);
  co_return found->second;
}

Task<std::vector<Booking>> MemoryRecord::List(BookingFilter filter) {
  std::vector<Booking> listed;
  for (auto each = bookings_.rbegin(); each != bookings_.rend(); ++each) {
    if (Passes(each->second, filter)) listed.push_back(each->second);
  }
  Keep(listed, filter.limit);
  co_return listed;
}

Task<std::vector<BookingId>> MemoryRecord::Due(absl::Time now, int limit) {
  std::vector<std::pair<absl::Time, BookingId>> due;
  for (const auto& [id, booking] : bookings_) {
    if (booking.due_at.has_value() && *booking.due_at <= now) {
      due.emplace_back(*booking.due_at, booking.id);
    }
  }
  std::sort(due.begin(), due.end());
  Keep(due, limit);
  std::vector<BookingId> ids;
  ids.reserve(due.size());
  for (const auto& [at, id] : due) ids.push_back(id);
  co_return ids;
}

Task<std::vector<PlannedTrip>> MemoryRecord::ListTrips(TripFilter filter) {
  std::vector<PlannedTrip> trips;
  for (const auto& [id, booking] : bookings_) {
    if (!Passes(booking, filter)) continue;
    const auto rank = RankOf(booking.trip.service_date, id);
    if (filter.after.has_value() && rank <= RankOf(filter.after->day, filter.after->booking)) {
      continue;
    }
    trips.push_back(PlannedOf(booking));
  }
  std::stable_sort(trips.begin(), trips.end(), [](const PlannedTrip& a, const PlannedTrip& b) {
    return a.day < b.day;  // by booking they are already
  });
  Keep(trips, filter.limit);
  co_return trips;
}

Task<Demand> MemoryRecord::Load(DemandId id) {
  const auto found = demands_.find(id.value());
  if (found == demands_.end()) co_return Refuse(kDemandNotFound);
  co_return found->second;
}

Task<std::vector<DemandId>> MemoryRecord::Departed(absl::Time now, int limit) {
  std::vector<std::pair<absl::Time, DemandId>> departed;
  for (const auto& [id, demand] : demands_) {
    if (demand.state == DemandState::kWaiting && demand.departs_at <= now) {
      departed.emplace_back(demand.departs_at, demand.id);
    }
  }
  std::sort(departed.begin(), departed.end());
  Keep(departed, limit);
  std::vector<DemandId> ids;
  ids.reserve(departed.size());
  for (const auto& [at, id] : departed) ids.push_back(id);
  co_return ids;
}

Task<Run> MemoryRecord::Load(RunId id) {
  const MemoryRun* found = FindRun(id);
  if (found == nullptr) co_return Refuse(kRunNotFound);
  co_return found->run;
}

Task<std::optional<Money>> MemoryRecord::Fare(RunId id, ClassCode class_code, LegRange legs) {
  const MemoryRun* run = FindRun(id);
  if (run == nullptr) co_return std::nullopt;
  const auto found =
      run->fares.find(std::make_pair(class_code, std::make_pair(legs.from, legs.to)));
  if (found == run->fares.end()) co_return std::nullopt;
  co_return found->second;
}

Task<std::vector<Unit>> MemoryRecord::Units(RunId id, ClassCode class_code,
                                            std::vector<int> units) {
  std::vector<Unit> named;
  MemoryRun* run = FindRun(id);
  if (run == nullptr) co_return named;
  const std::vector<Unit>& all = run->units[OwnerOf(run->run, class_code)];
  for (const int unit : units) {
    if (unit >= 0 && static_cast<std::size_t>(unit) < all.size()) {
      named.push_back(all[static_cast<std::size_t>(unit)]);
    }
  }
  co_return named;
}

}  // namespace houbu::slot
