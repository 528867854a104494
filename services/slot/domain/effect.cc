#include "services/slot/domain/effect.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "libs/base/civil.h"

namespace houbu::slot {
namespace {

std::string PlacesText(const Booking& booking) {
  std::vector<std::string> places;
  for (const Place& place : booking.places) {
    if (place.number.empty()) continue;
    places.push_back(place.coach.empty() ? place.number
                                         : absl::StrCat(place.coach, "-", place.number));
  }
  if (places.empty()) return absl::StrCat(booking.places.size());
  return absl::StrJoin(places, ", ");
}

std::string BoardingDay(const Trip& trip) {
  const absl::StatusOr<absl::TimeZone> zone = LoadZone(trip.time_zone);
  if (!zone.ok()) return FormatCivilDay(trip.service_date);
  return FormatCivilDay(DayAt(trip.departs_at, *zone));
}

}  // namespace

PaymentWanted PaymentFor(const Booking& booking) {
  PaymentWanted wanted;
  wanted.booking = booking.id;
  wanted.payment = booking.payment;
  wanted.account = booking.account;
  wanted.amount = booking.total;
  wanted.expires_at = booking.expires_at.value_or(booking.created_at);
  wanted.kind = booking.trip.kind;
  return wanted;
}

RefundWanted RefundFor(const Booking& booking, absl::Time cancelled_at) {
  FareFacts facts;
  facts.kind = booking.trip.kind;
  facts.fare = booking.fare;
  facts.tickets = static_cast<int>(booking.places.size());
  facts.departs_at = booking.trip.departs_at;
  facts.cancelled_at = cancelled_at;
  RefundWanted wanted;
  wanted.booking = booking.id;
  wanted.payment = booking.payment;
  wanted.cause = RefundCause::kCancelled;
  wanted.facts = facts;
  return wanted;
}

RefundWanted RefundWithRun(const Booking& booking) {
  RefundWanted wanted;
  wanted.booking = booking.id;
  wanted.payment = booking.payment;
  wanted.cause = RefundCause::kCancelled;
  wanted.batch = NameOf(booking.trip.run);
  return wanted;
}

MessageWanted MessageFor(const Booking& booking, Notice notice, absl::Time at) {
  MessageWanted wanted;
  wanted.booking = booking.id;
  wanted.account = booking.account;
  wanted.notice = notice;
  wanted.at = at;
  wanted.parameters = {
      {"number", booking.number},          {"title", booking.trip.display_name},
      {"date", BoardingDay(booking.trip)}, {"from", booking.trip.from_name},
      {"to", booking.trip.to_name},        {"class", booking.trip.class_code},
      {"places", PlacesText(booking)},     {"amount", FormatYuan(booking.total)},
  };
  if (notice == Notice::kCancelled) wanted.parameters["reason"] = booking.cancel_reason;
  return wanted;
}

Notice StandingNoticeOf(const Booking& booking) {
  return booking.rebooked_from.empty() ? Notice::kBooked : Notice::kRebooked;
}

}  // namespace houbu::slot
