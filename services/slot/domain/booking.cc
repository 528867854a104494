#include "services/slot/domain/booking.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace houbu::slot {
namespace {

struct StateName {
  BookingState state;
  const char* name;
};

constexpr StateName kStateNames[] = {
    {BookingState::kHeld, "HELD"},           {BookingState::kPendingPayment, "PENDING_PAYMENT"},
    {BookingState::kBooked, "BOOKED"},       {BookingState::kUsed, "USED"},
    {BookingState::kCancelled, "CANCELLED"}, {BookingState::kExpired, "EXPIRED"},
};

void Enter(Booking& booking, BookingState state, absl::Time now, absl::string_view cause) {
  booking.state = state;
  ++booking.version;
  booking.history.push_back(HistoryEntry{state, now, std::string(cause)});
}

Booking FromTerms(BookingTerms terms, absl::Time now) {
  Booking booking;
  booking.id = std::move(terms.id);
  booking.number = std::move(terms.number);
  booking.account = std::move(terms.account);
  booking.trip = std::move(terms.trip);
  booking.fare = terms.fare;
  booking.total = terms.total;
  booking.payment = std::move(terms.payment);
  booking.created_at = now;
  booking.places = std::move(terms.places);
  booking.rebooked_from = std::move(terms.rebooked_from);
  booking.demand = std::move(terms.demand);
  booking.holder = booking.demand.empty() ? booking.id.value() : booking.demand;
  booking.destination_country = std::move(terms.destination_country);
  return booking;
}

bool AwaitsPayment(BookingState state) {
  return state == BookingState::kHeld || state == BookingState::kPendingPayment;
}

}  // namespace

std::string NameOf(const BookingId& id) { return absl::StrCat("bookings/", id.value()); }

absl::string_view NameOf(BookingState state) {
  for (const StateName& entry : kStateNames) {
    if (entry.state == state) return entry.name;
  }
  return "";
}

std::optional<BookingState> ParseBookingState(absl::string_view name) {
  for (const StateName& entry : kStateNames) {
    if (entry.name == name) return entry.state;
  }
  return std::nullopt;
}

std::string BookingNumber(absl::CivilDay day, std::int64_t serial) {
  return absl::StrFormat("YJ%04d%02d%02d%06d", day.year(), day.month(), day.day(), serial);
}

bool HoldsPlaces(BookingState state) {
  return AwaitsPayment(state) || state == BookingState::kBooked || state == BookingState::kUsed;
}

Booking HoldPlaces(BookingTerms terms, absl::Time now, absl::Duration hold) {
  Booking booking = FromTerms(std::move(terms), now);
  if (booking.total.minor_units == 0) {
    booking.state = BookingState::kBooked;
    booking.payment.clear();
    booking.due_at = booking.trip.arrives_at;
  } else {
    booking.state = BookingState::kHeld;
    booking.expires_at = std::min(now + hold, booking.trip.departs_at);
    booking.due_at = booking.expires_at;
  }
  booking.history.push_back(HistoryEntry{booking.state, now, "CREATED"});
  return booking;
}

Booking ServeFromLine(BookingTerms terms, absl::Time now) {
  Booking booking = FromTerms(std::move(terms), now);
  booking.state = BookingState::kBooked;
  booking.due_at = booking.trip.arrives_at;
  // Of a prepayment nothing was kept for it: there is nothing to refund.
  if (booking.total.minor_units == 0) booking.payment.clear();
  booking.history.push_back(HistoryEntry{booking.state, now, "SERVED_FROM_WAITLIST"});
  return booking;
}

absl::StatusOr<Booking> OpenPayment(Booking booking, absl::Time now) {
  if (booking.state != BookingState::kHeld) return Refuse(kBookingOver);
  Enter(booking, BookingState::kPendingPayment, now, "PAYMENT_OPENED");
  return booking;
}

absl::StatusOr<Booking> Confirm(Booking booking, absl::Time now) {
  if (!AwaitsPayment(booking.state)) return Refuse(kBookingOver);
  booking.expires_at.reset();
  booking.due_at = booking.trip.arrives_at;
  Enter(booking, BookingState::kBooked, now, "PAID");
  return booking;
}

absl::StatusOr<Booking> BookAgain(Booking booking, NewPlaces taken, absl::Time now) {
  if (booking.state != BookingState::kExpired) return Refuse(kBookingOver);
  if (now >= booking.trip.departs_at) return Refuse(kRunDeparted);
  booking.places = std::move(taken.places);
  booking.holder = std::move(taken.holder);
  booking.expires_at.reset();
  booking.due_at = booking.trip.arrives_at;
  Enter(booking, BookingState::kBooked, now, "PAID_LATE");
  return booking;
}

absl::StatusOr<Booking> Cancel(Booking booking, absl::string_view reason, absl::Time now) {
  if (!AwaitsPayment(booking.state) && booking.state != BookingState::kBooked) {
    return Refuse(kBookingOver);
  }
  if (now >= booking.trip.departs_at) return Refuse(kRunDeparted);
  booking.cancel_reason = std::string(reason);
  booking.expires_at.reset();
  booking.due_at.reset();
  Enter(booking, BookingState::kCancelled, now, "CANCELLED_BY_OWNER");
  return booking;
}

absl::StatusOr<Booking> CancelWithRun(Booking booking, absl::string_view reason, absl::Time now) {
  if (!HoldsPlaces(booking.state)) return Refuse(kBookingOver);
  booking.cancel_reason = std::string(reason);
  booking.expires_at.reset();
  booking.due_at.reset();
  Enter(booking, BookingState::kCancelled, now, "RUN_CANCELLED");
  return booking;
}

absl::StatusOr<Booking> Expire(Booking booking, absl::Time now) {
  if (!AwaitsPayment(booking.state)) return Refuse(kBookingOver);
  if (!booking.expires_at.has_value() || now < *booking.expires_at) return Refuse(kBookingOver);
  booking.due_at.reset();
  Enter(booking, BookingState::kExpired, now, "NOT_PAID_IN_TIME");
  return booking;
}

absl::StatusOr<Booking> MarkUsed(Booking booking, absl::Time now) {
  if (booking.state != BookingState::kBooked || now < booking.trip.arrives_at) {
    return Refuse(kBookingOver);
  }
  booking.due_at.reset();
  Enter(booking, BookingState::kUsed, now, "TRAVELLED");
  return booking;
}

}  // namespace houbu::slot
