/// Bookings: a party has places on a run, from the first hold to the journey.
///
/// HELD -> PENDING_PAYMENT -> BOOKED -> USED, and out of it CANCELLED (by its owner, at once: R-03)
/// and EXPIRED (not paid in time). What is CANCELLED, USED or EXPIRED stays so, with one exception:
/// money that arrives late books an EXPIRED booking again if its places are still there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/base/id.h"
#include "libs/base/money.h"
#include "libs/base/refusal.h"
#include "services/slot/domain/run.h"

namespace houbu::slot {

/// The kind of a booking's id.
struct BookingTag {
  static constexpr char kPrefix[] = "bk";
};
/// Names a booking: the part of `bookings/{booking}` after the slash.
using BookingId = Id<BookingTag>;

/// Where a booking stands.
enum class BookingState {
  kHeld,            ///< Places are held; the payment is being opened.
  kPendingPayment,  ///< Places are held and the payment is open.
  kBooked,          ///< Paid, or nothing was to be paid.
  kUsed,            ///< The run has arrived.
  kCancelled,       ///< Cancelled by its owner.
  kExpired,         ///< Not paid in time.
};

/// The booking is over: travelled, cancelled or expired.
inline constexpr Refusal kBookingOver{absl::StatusCode::kFailedPrecondition, "BOOKING_OVER",
                                      "The booking is over and cannot be changed."};

/// The run has left; what was not cancelled by then is travelled.
inline constexpr Refusal kRunDeparted{absl::StatusCode::kFailedPrecondition, "RUN_DEPARTED",
                                      "The run has departed."};

/// There is no such booking, or it is somebody else's: nobody is told which.
inline constexpr Refusal kBookingNotFound{absl::StatusCode::kNotFound, "BOOKING_NOT_FOUND",
                                          "There is no such booking."};

/// Only a cancelled booking is booked again.
inline constexpr Refusal kNotCancelled{absl::StatusCode::kFailedPrecondition, "NOT_CANCELLED",
                                       "The booking was not cancelled."};

/// A cancelled booking is followed by one booking; that one is cancelled first.
inline constexpr Refusal kAlreadyRebooked{absl::StatusCode::kFailedPrecondition, "ALREADY_REBOOKED",
                                          "The booking was booked again already."};

/// Booking again is for the same persons.
inline constexpr Refusal kOtherTravellers{absl::StatusCode::kFailedPrecondition, "OTHER_TRAVELLERS",
                                          "The travellers are not those of the booking."};

/// Who travels, as account vouched for.
struct Traveller {
  std::string key;          ///< A pseudonym, the same for one person everywhere.
  std::string passenger;    ///< The passenger's resource name.
  std::string masked_name;  ///< "旅**"

  /// Compares all parts.
  friend bool operator==(const Traveller& a, const Traveller& b) = default;
};

/// One traveller's place.
struct Place {
  Traveller traveller;
  std::optional<int> unit;  ///< The unit of a numbered class.
  std::string coach;
  std::string number;

  /// Compares all parts.
  friend bool operator==(const Place& a, const Place& b) = default;
};

/// One step of a booking's life.
struct HistoryEntry {
  BookingState state = BookingState::kHeld;
  absl::Time at;
  std::string cause;  ///< UPPER_SNAKE: CREATED, PAID, CANCELLED_BY_OWNER, ...

  /// Compares all parts.
  friend bool operator==(const HistoryEntry& a, const HistoryEntry& b) = default;
};

/// What a booking says of the run it is for: kept with it, so that it reads the same for ever.
struct Trip {
  RunId run;
  RunKind kind = RunKind::kTrain;
  std::string display_name;
  std::string time_zone;
  absl::CivilDay service_date;
  ClassCode class_code;
  LegRange legs;
  std::string from_station;
  std::string from_name;
  std::string to_station;
  std::string to_name;
  absl::Time departs_at;  ///< From the boarding station.
  absl::Time arrives_at;  ///< At the alighting station.
};

/// A booking.
struct Booking {
  BookingId id;
  std::int64_t version = 1;  ///< Grows by one with every change.
  std::string number;        ///< "YJ20261201000042"
  std::string account;       ///< "accounts/ac-..."
  BookingState state = BookingState::kHeld;
  Trip trip;
  Money fare;           ///< Of one place.
  Money total;          ///< Of all.
  std::string payment;  ///< "payments/pm-..."; empty where nothing is to be paid.
  absl::Time created_at;
  std::optional<absl::Time> expires_at;  ///< Until when the hold waits for its payment.
  std::optional<absl::Time> due_at;      ///< When a sweeper must look at it again.
  std::vector<Place> places;
  std::string cancel_reason;        ///< R-23
  std::string rebooked_from;        ///< The id of the cancelled booking this one follows (R-13).
  std::string rebooked_to;          ///< The id of the booking that follows this one.
  std::string demand;               ///< The id of the demand that was served by it.
  std::string holder;               ///< The name under which the index holds its places.
  std::string destination_country;  ///< ISO 3166-1 alpha-2; appointments only.
  std::vector<HistoryEntry> history;
};

/// What a new booking is made of.
struct BookingTerms {
  BookingId id;
  std::string number;
  std::string account;
  Trip trip;
  Money fare;
  Money total;
  std::string payment;  ///< Left out where nothing is to be paid.
  std::vector<Place> places;
  std::string rebooked_from;
  std::string demand;
  std::string destination_country;
};

/// The resource name, "bookings/{booking}".
std::string NameOf(const BookingId& id);

/// The state's name, "PENDING_PAYMENT".
absl::string_view NameOf(BookingState state);

/// Reads a state's name; nothing for any other text.
std::optional<BookingState> ParseBookingState(absl::string_view name);

/// The number people quote: YJ, the day, a serial of six digits or more.
std::string BookingNumber(absl::CivilDay day, std::int64_t serial);

/// Tells whether places are kept for the booking.
bool HoldsPlaces(BookingState state);

/// Makes a booking HELD until `now` + `hold`, at the latest until departure; BOOKED at once where
/// nothing is to be paid.
Booking HoldPlaces(BookingTerms terms, absl::Time now, absl::Duration hold);

/// Makes a booking that was paid before: a demand was served.
Booking ServeFromLine(BookingTerms terms, absl::Time now);

/// HELD becomes PENDING_PAYMENT. Refuses kBookingOver in any other state.
absl::StatusOr<Booking> OpenPayment(Booking booking, absl::Time now);

/// HELD and PENDING_PAYMENT become BOOKED, whatever the clock says: the places are still held.
/// Refuses kBookingOver in any other state.
absl::StatusOr<Booking> Confirm(Booking booking, absl::Time now);

/// Places taken anew for a booking that had lost its own.
struct NewPlaces {
  std::string holder;
  std::vector<Place> places;
};

/// EXPIRED becomes BOOKED with new places: the money came late, but there was room. Refuses
/// kBookingOver in any other state, kRunDeparted.
absl::StatusOr<Booking> BookAgain(Booking booking, NewPlaces taken, absl::Time now);

/// HELD, PENDING_PAYMENT and BOOKED become CANCELLED, until departure. Refuses
/// kBookingOver, kRunDeparted.
absl::StatusOr<Booking> Cancel(Booking booking, absl::string_view reason, absl::Time now);

/// HELD, PENDING_PAYMENT, BOOKED and USED become CANCELLED: the run will not go, whatever the clock
/// says by now. Refuses kBookingOver in any other state.
absl::StatusOr<Booking> CancelWithRun(Booking booking, absl::string_view reason, absl::Time now);

/// HELD and PENDING_PAYMENT become EXPIRED from expires_at on. Refuses kBookingOver in any other
/// state or before.
absl::StatusOr<Booking> Expire(Booking booking, absl::Time now);

/// BOOKED becomes USED from arrival on. Refuses kBookingOver in any other state or before.
absl::StatusOr<Booking> MarkUsed(Booking booking, absl::Time now);

}  // namespace houbu::slot
