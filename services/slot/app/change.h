/// Changes: one step of the record. Everything in a change is committed together or not at all: the
/// booking, the demand, places taken and given up, what must happen elsewhere, and the answer to
/// the request that asked for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"
#include "libs/base/request.h"
#include "services/slot/domain/booking.h"
#include "services/slot/domain/demand.h"
#include "services/slot/domain/effect.h"

namespace houbu::slot {

/// A place the index proposed is taken in the record: the index is wrong.
inline constexpr Refusal kPlaceTaken{absl::StatusCode::kAborted, "PLACE_TAKEN",
                                     "The place is taken."};

/// Somebody who came earlier waits, and would fit into the places of the match (W-05).
inline constexpr Refusal kOutOfTurn{absl::StatusCode::kAborted, "OUT_OF_TURN",
                                    "Somebody before it in line fits there."};

/// The booking or demand was changed meanwhile.
inline constexpr Refusal kChangedMeanwhile{absl::StatusCode::kAborted, "CHANGED_MEANWHILE",
                                           "It was changed by someone else meanwhile."};

/// Who asks and in which trace; goes with everything a request causes.
struct Origin {
  std::string account;      ///< "accounts/ac-..."; empty for services and loops.
  std::string traceparent;  ///< W3C; empty starts a new trace.
};

/// The answer that is stored with a change, and under which key.
struct StoredAnswer {
  RequestKey key;
  std::string bytes;
};

/// Places that become taken, and the journeys of those who have them.
struct Claim {
  BookingId booking;   ///< Stands already, or once the listener takes a match.
  std::string holder;  ///< The index's token: the booking's or the demand's id.
  RunId run;
  std::int64_t epoch = 0;  ///< Of the index that proposed the places; must still be the run's.
  ClassCode class_code;
  ClassCode units_of;  ///< The class whose units they are; empty where it is class_code.
  LegRange legs;
  std::vector<int> units;               ///< One for each traveller; empty where places are counted.
  std::vector<std::string> travellers;  ///< Their keys.
  absl::Time departs_at;
  absl::Time arrives_at;

  /// The class whose units they are.
  const ClassCode& owner() const { return units_of.empty() ? class_code : units_of; }
};

/// The cancelled booking gets to know the one that follows it, or to forget it.
struct RebookingLink {
  BookingId from;
  std::string to;        ///< The follower's id; empty to forget it.
  std::string expected;  ///< What the link must be before.
};

/// One step of the record.
struct Change {
  absl::Time now;
  Origin origin;
  std::optional<Booking> booking;  ///< Version 1 is new; version n replaces version n - 1.
  std::optional<Demand> demand;    ///< Likewise.
  std::optional<Claim> claim;
  std::optional<BookingId> frees;  ///< Places and journeys under this booking are given up.
  std::optional<RebookingLink> link;
  std::vector<Effect> effects;
  std::optional<StoredAnswer> answer;
  /// The run whose index must be told something once this is committed: a debt until it is.
  std::optional<RunId> owes_index;
};

/// Whether the change takes places that were found for somebody who waited.
inline bool IsMatch(const Change& change) {
  return change.claim.has_value() && change.demand.has_value() &&
         change.demand->state == DemandState::kMatched;
}

/// What an effect's call needs besides the effect itself.
struct EffectContext {
  std::string seed;  ///< Names the effect for ever: the call's id is derived from it.
  std::string traceparent;
  absl::Time now;
};

/// What a commit says.
struct Committed {
  std::int64_t epoch = 0;  ///< Of the run in `owes_index`, as of the commit.
  std::int64_t debt = 0;   ///< The debt that was noted; to be settled when the index was told.
};

}  // namespace houbu::slot
