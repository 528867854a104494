#include "services/slot/app/rebooking.h"

#include <set>
#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {
namespace {

std::set<std::string> KeysOf(const Booking& booking) {
  std::set<std::string> keys;
  for (const Place& place : booking.places) keys.insert(place.traveller.key);
  return keys;
}

std::set<std::string> KeysOf(const std::vector<Traveller>& travellers) {
  std::set<std::string> keys;
  for (const Traveller& traveller : travellers) keys.insert(traveller.key);
  return keys;
}

}  // namespace

using async::Task;

Task<Booking> Rebooking::LoadCancelled(Origin origin, BookingId id) {
  ASSIGN_OR_CO_RETURN(Booking booking, co_await tools_.bookings.Load(std::move(id)));
  if (booking.account != origin.account) co_return Refuse(kBookingNotFound);
  if (booking.state != BookingState::kCancelled) co_return Refuse(kNotCancelled);
  if (!booking.rebooked_to.empty()) co_return Refuse(kAlreadyRebooked);
  co_return booking;
}

Task<RebookingPreview> Rebooking::Preview(Origin origin, BookingId booking,
                                          std::optional<absl::CivilDay> day) {
  RebookingPreview preview;
  ASSIGN_OR_CO_RETURN(preview.booking,
                      co_await LoadCancelled(std::move(origin), std::move(booking)));
  preview.missing = {"run", "statement"};
  preview.total = preview.booking.total;
  const Trip trip = preview.booking.trip;
  if (trip.kind == RunKind::kTrain) co_return preview;
  const absl::CivilDay wanted = day.value_or(trip.service_date);
  ASSIGN_OR_CO_RETURN(preview.day, co_await windows_.Find(trip.from_station, trip.class_code,
                                                          wanted, tools_.clock.Now()));
  const std::vector<WindowOffer>& offers =
      preview.day.windows.empty() ? preview.day.alternatives : preview.day.windows;
  if (!offers.empty()) {
    const auto party = static_cast<std::int64_t>(preview.booking.places.size());
    ASSIGN_OR_CO_RETURN(preview.total, Multiply(offers.front().fare, party));
  }
  co_return preview;
}

Task<std::string> Rebooking::Rebook(RebookingWish wish, Mutation<Booking> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> answer,
                      co_await tools_.record.FindAnswer(mutation.key));
  if (answer.has_value()) co_return *std::move(answer);
  const absl::Time now = tools_.clock.Now();
  ASSIGN_OR_CO_RETURN(const Booking before, co_await LoadCancelled(wish.origin, wish.booking));
  PlacementOrder order;
  ASSIGN_OR_CO_RETURN(order.travellers,
                      statements_.Verify(wish.statement, wish.origin.account, now));
  if (KeysOf(order.travellers) != KeysOf(before) ||
      order.travellers.size() != before.places.size()) {
    co_return Refuse(kOtherTravellers);
  }
  ASSIGN_OR_CO_RETURN(order.run, co_await tools_.runs.Load(wish.run));
  if (FindClass(order.run, before.trip.class_code) == nullptr) co_return Refuse(kClassUnknown);
  std::string from = before.trip.from_station;
  std::string to = before.trip.to_station;
  if (order.run.kind == RunKind::kWindow && !order.run.stops.empty()) {
    // An appointment may be booked again at another station.
    from = order.run.stops.front().station;
    to = from;
  }
  const std::optional<LegRange> legs = FindLegs(order.run, from, to);
  if (!legs.has_value() || order.run.kind != before.trip.kind) co_return Refuse(kStretchUnknown);
  CO_RETURN_IF_ERROR(CheckSale(order.run, *legs, now, tools_.policy));
  order.origin = std::move(wish.origin);
  order.class_code = before.trip.class_code;
  order.legs = *legs;
  order.destination_country = before.destination_country;
  order.rebooked_from = before.id;
  const RequestKey key = mutation.key;
  auto booked = co_await placement_.Book(std::move(order), std::move(mutation));
  if (booked.ok()) co_return booked;
  co_return co_await StoredAnswerOr(tools_.record, key, booked.status());
}

}  // namespace houbu::slot
