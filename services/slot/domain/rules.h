/// The rules of selling: when a run can be booked, by how many, and where to.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"
#include "services/slot/domain/run.h"

namespace houbu::slot {

/// The largest party of one booking or demand.
inline constexpr int kBookingPartyMax = 9;

/// There is no such run.
inline constexpr Refusal kRunNotFound{absl::StatusCode::kNotFound, "RUN_NOT_FOUND",
                                      "There is no such run."};

/// An operator cancelled the run: it will not go.
inline constexpr Refusal kRunCancelled{absl::StatusCode::kFailedPrecondition, "RUN_CANCELLED",
                                       "The run is cancelled."};

/// Nobody cancelled the run.
inline constexpr Refusal kRunNotCancelled{absl::StatusCode::kNotFound, "RUN_NOT_CANCELLED",
                                          "The run is not cancelled."};

/// The run does not stop at these stations in this order.
inline constexpr Refusal kStretchUnknown{absl::StatusCode::kNotFound, "STRETCH_UNKNOWN",
                                         "The run does not go between these stations."};

/// The class has no price over this stretch, so it is not sold.
inline constexpr Refusal kNotSold{absl::StatusCode::kFailedPrecondition, "NOT_SOLD",
                                  "The class is not sold between these stations."};

/// The sale of the run has not begun.
inline constexpr Refusal kSaleNotOpen{absl::StatusCode::kFailedPrecondition, "SALE_NOT_OPEN",
                                      "The sale has not opened yet."};

/// An appointment can be made from 30 to 3 days before.
inline constexpr Refusal kOutsideBookingPeriod{
    absl::StatusCode::kFailedPrecondition, "OUTSIDE_BOOKING_PERIOD",
    "An appointment cannot be made this many days ahead."};

/// A traveller has a journey at that time already (W-15).
inline constexpr Refusal kItineraryConflict{absl::StatusCode::kFailedPrecondition,
                                            "ITINERARY_CONFLICT",
                                            "A traveller has another journey at that time."};

/// A traveller has a ticket of that run already (W-15).
inline constexpr Refusal kOneTicketPerRun{absl::StatusCode::kFailedPrecondition,
                                          "ONE_TICKET_PER_RUN",
                                          "A traveller has a ticket of this run already."};

/// What may differ from one deployment to another.
struct BookingPolicy {
  absl::Duration hold = absl::Minutes(10);  ///< How long a booking waits for its payment.
  int days_ahead_min = 3;                   ///< Appointments only (R-10).
  int days_ahead_max = 30;                  ///< Appointments only (R-10).
};

/// Where the sale of a run stands at a moment, for one who boards at a stop.
enum class SaleState {
  kOpen,           ///< It can be booked, as long as places are left.
  kNotOpenYet,     ///< Its sale has not begun.
  kOutsidePeriod,  ///< An appointment that cannot be made this many days ahead (R-10).
  kDeparted,       ///< It has left where one boards.
  kStopped,        ///< An operator closed the run to new buyers.
};

/// What decides it.
struct SaleTerms {
  RunKind kind = RunKind::kTrain;
  absl::CivilDay service_date;
  absl::TimeZone zone;  ///< Of the run.
  absl::Time sale_open_at;
  absl::Time boards_at;  ///< When it leaves where one boards.
  bool closed = false;   ///< An operator closed it to new buyers.
};

/// Says where the sale stands at `now`.
SaleState SaleStateOf(const SaleTerms& terms, absl::Time now, const BookingPolicy& policy);

/// Tells whether the run can be booked over these legs at `now`; `legs` must be the run's. Refuses
/// kRunDeparted, kSaleNotOpen (metadata sale_open_time), kOutsideBookingPeriod (metadata first_day,
/// last_day: when this run can be booked).
absl::Status CheckSale(const Run& run, LegRange legs, absl::Time now, const BookingPolicy& policy);

/// Tells whether `code` is a country's, ISO 3166-1 alpha-2.
bool IsCountry(absl::string_view code);

}  // namespace houbu::slot
