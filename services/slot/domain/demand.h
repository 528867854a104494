/// Demands: what a waitlist order waits for. A demand stands in the line of its run by the
/// microsecond its order became effective, until places are found for all its travellers.
///
/// WAITING -> MATCHED (places found; the listener is asked) -> SERVED (the listener took them), and
/// out of it WITHDRAWN (its order ended, or did not want the places) and FAILED (its run left, or a
/// rule forbids the journey).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/id.h"
#include "libs/base/money.h"
#include "libs/base/refusal.h"
#include "services/slot/domain/booking.h"
#include "services/slot/domain/run.h"

namespace houbu::slot {

/// The kind of a demand's id.
struct DemandTag {
  static constexpr char kPrefix[] = "dm";
};
/// Names a demand: the part of `demands/{demand}` after the slash.
using DemandId = Id<DemandTag>;

/// Where a demand stands.
enum class DemandState { kWaiting, kMatched, kServed, kWithdrawn, kFailed };

/// There is no such demand.
inline constexpr Refusal kDemandNotFound{absl::StatusCode::kNotFound, "DEMAND_NOT_FOUND",
                                         "There is no such demand."};

/// Another demand has this id.
inline constexpr Refusal kDemandExists{absl::StatusCode::kAlreadyExists, "DEMAND_EXISTS",
                                       "The demand's id is taken."};

/// The demand does not stand where this can happen to it.
inline constexpr Refusal kDemandDecided{absl::StatusCode::kFailedPrecondition, "DEMAND_DECIDED",
                                        "The demand is decided."};

/// A demand.
struct Demand {
  DemandId id;
  std::int64_t version = 1;  ///< Grows by one with every change.
  std::string order;         ///< The order behind it; of interest to the listener only.
  std::string account;       ///< "accounts/ac-..."
  std::string payment;       ///< The prepayment that pays for it.
  DemandState state = DemandState::kWaiting;
  RunId run;
  ClassCode class_code;
  LegRange legs;
  std::string from_station;
  std::string to_station;
  absl::Time departs_at;    ///< From the boarding station.
  absl::Time effective_at;  ///< Its place in line (W-05).
  absl::Time created_at;
  std::vector<Traveller> travellers;
  BookingId booking;          ///< Once matched: the booking that stands if the listener takes it.
  std::vector<int> units;     ///< Once matched: the units found, empty where counted.
  std::optional<Money> fare;  ///< Once matched: of one place, as the listener was told.
  std::string fail_reason;    ///< UPPER_SNAKE, once FAILED.
};

/// The resource name, "demands/{demand}".
std::string NameOf(const DemandId& id);

/// The state's name, "WAITING".
absl::string_view NameOf(DemandState state);

/// Reads a state's name; nothing for any other text.
std::optional<DemandState> ParseDemandState(absl::string_view name);

/// What the demand asks of the index.
DemandKind KindOf(const Demand& demand);

/// What is proposed to the listener.
struct MatchTerms {
  std::vector<int> units;  ///< Empty where counted.
  BookingId booking;       ///< Stands if the listener takes the places.
  Money fare;              ///< Of one place.
};

/// WAITING becomes MATCHED: places were found. Refuses kDemandDecided in any other state.
absl::StatusOr<Demand> MatchWith(Demand demand, MatchTerms terms);

/// MATCHED becomes SERVED: the listener took the places. Refuses kDemandDecided.
absl::StatusOr<Demand> Serve(Demand demand);

/// MATCHED becomes WITHDRAWN: the listener declined. Refuses kDemandDecided.
absl::StatusOr<Demand> Decline(Demand demand);

/// WAITING becomes WITHDRAWN. Refuses kDemandDecided.
absl::StatusOr<Demand> Withdraw(Demand demand);

/// WAITING becomes FAILED for `reason`. Refuses kDemandDecided.
absl::StatusOr<Demand> Fail(Demand demand, absl::string_view reason);

}  // namespace houbu::slot
