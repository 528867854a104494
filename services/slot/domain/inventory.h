/// Inventory: what a run has to sell, stretch by stretch.
///
/// A run has legs, the stretches between its stops; leg i goes from stop i to stop i+1, and a
/// station's window has one leg. A class has units: numbered ones (a seat, a berth), which stand
/// in coaches, or counted ones (standing, places in a window). A party takes one unit each over
/// the same legs, all of them or none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/base/refusal.h"

namespace houbu::slot {

/// The most legs a run may have; a kind of demand is indexed in one byte for each stop.
inline constexpr int kLegsMax = 250;

/// The largest party that is served as one where units have numbers.
inline constexpr int kPartyMax = 100;

/// The most units a class may have; no party is larger.
inline constexpr int kCapacityMax = 100000;

/// The legs from one stop to a later one: stops `from` to `to`, so legs from, ..., to - 1.
struct LegRange {
  int from = 0;  ///< The boarding stop, 0 at the run's start.
  int to = 0;    ///< The alighting stop.

  /// How many legs.
  int size() const { return to - from; }

  /// Tells whether both have a leg in common.
  bool Overlaps(LegRange other) const { return from < other.to && other.from < to; }

  /// Compares both stops.
  friend bool operator==(LegRange a, LegRange b) = default;
};

/// Whether the units of a class have numbers.
enum class ClassKind : std::uint8_t {
  kAssigned,  ///< Seats and berths: every passenger gets a unit of their own (W-12).
  kCounted,   ///< Standing places and windows: only the number for each leg counts.
};

/// The largest party that is served as one: counted places need no choosing, so any that exist.
constexpr int PartyMax(ClassKind kind) {
  return kind == ClassKind::kCounted ? kCapacityMax : kPartyMax;
}

/// The most letters `positions` of a class may have.
inline constexpr int kPositionsMax = 64;

/// A class of a run and how its units stand.
///
/// A class may sell the units of another: berths sold as seats by day have the seats' code and
/// fare, and taking one takes the berth. Both then have the same kind, capacity and coaches.
struct ClassLayout {
  std::string code;                      ///< [A-Za-z0-9_.-], 1 to 64 characters.
  ClassKind kind = ClassKind::kCounted;  ///< Whether the units have numbers.
  int capacity = 0;                      ///< How many units; numbered 0 to capacity - 1.
  std::vector<int> coach_sizes;          ///< Numbered units: units for each coach, in order.
  std::string shares = {};  ///< The earlier class whose units it sells; "" for its own.
  /// Where units stand, one letter or digit each ("ABCDF", "UML"), over and over from each coach's
  /// start; "" where nobody wishes for a position. At most kPositionsMax.
  std::string positions = {};

  /// Gives the code of the class whose units it sells: another's, or its own.
  const std::string& owner() const { return shares.empty() ? code : shares; }

  /// Compares all parts.
  friend bool operator==(const ClassLayout& a, const ClassLayout& b) = default;
};

/// Whether a run sells to newcomers. Who has places or waits for some notices nothing of it.
enum class Sale : std::uint8_t {
  kOpen,    ///< Whoever finds a place may take it.
  kClosed,  ///< Nobody buys; the line is served.
};

/// What a party asks for. Demands of one kind fit or do not fit together, so the line keeps one
/// queue for each kind.
struct DemandKind {
  std::string class_code;  ///< The class.
  LegRange legs;           ///< The legs.
  int party = 1;           ///< How many passengers, 1 to PartyMax; whole or not at all (W-07).

  /// Compares all parts.
  friend bool operator==(const DemandKind& a, const DemandKind& b) = default;
};

/// A demand in line.
struct WaitingDemand {
  std::string demand;         ///< The demand's id.
  DemandKind kind;            ///< What it asks for.
  absl::Time effective_time;  ///< Its place in line; whole microseconds count (W-05).

  /// Compares all parts.
  friend bool operator==(const WaitingDemand& a, const WaitingDemand& b) = default;
};

/// Tells whether `a` stands before `b`: effective earlier, at the same microsecond by id.
bool StandsBefore(const WaitingDemand& a, const WaitingDemand& b);

/// Places that are taken.
struct TakenPlaces {
  std::string token;       ///< Who has them: the booking's or the demand's id.
  DemandKind kind;         ///< What was taken.
  std::vector<int> units;  ///< The units, ascending, one a passenger; empty where counted.

  /// Compares all parts.
  friend bool operator==(const TakenPlaces& a, const TakenPlaces& b) = default;
};

/// Nothing that fits is left.
inline constexpr Refusal kSoldOut{absl::StatusCode::kResourceExhausted, "SOLD_OUT",
                                  "Nothing that fits is left."};

/// The index of the run is missing or of another epoch: rebuild it from the record and try once
/// more. Never seen by a caller of the service.
inline constexpr Refusal kStaleIndex{absl::StatusCode::kAborted, "STALE_INDEX",
                                     "The run's index is not of the expected epoch."};

/// The run is closed to new buyers.
inline constexpr Refusal kRunClosed{absl::StatusCode::kFailedPrecondition, "RUN_CLOSED",
                                    "The run is closed to new buyers."};

/// The run has no such class.
inline constexpr Refusal kClassUnknown{absl::StatusCode::kNotFound, "CLASS_UNKNOWN",
                                       "The run has no such class."};

/// The run has no such stretch.
inline constexpr Refusal kLegsInvalid{absl::StatusCode::kInvalidArgument, "LEGS_INVALID",
                                      "The run has no such stretch."};

/// A party is 1 to PartyMax.
inline constexpr Refusal kPartyInvalid{absl::StatusCode::kInvalidArgument, "PARTY_INVALID",
                                       "No party of this size is served as one."};

/// Units added are at least one, and the class keeps within kCapacityMax.
inline constexpr Refusal kCapacityInvalid{absl::StatusCode::kInvalidArgument, "CAPACITY_INVALID",
                                          "A class has at most 100000 units."};

/// The token or demand already stands for something else.
inline constexpr Refusal kTokenInUse{absl::StatusCode::kFailedPrecondition, "TOKEN_IN_USE",
                                     "The token already stands for other places."};

/// A state that cannot be: a unit-leg taken twice, units that do not exist. The record is wrong.
inline constexpr Refusal kStateInvalid{absl::StatusCode::kFailedPrecondition, "STATE_INVALID",
                                       "The state of the run contradicts itself."};

}  // namespace houbu::slot
