/// What the use cases of slot need of the record for journeys to come.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/async/task.h"
#include "services/slot/domain/booking.h"

namespace houbu::slot {

/// Where a trip stands in the list of all: by day, then by booking.
struct TripPosition {
  absl::CivilDay day;
  std::string booking;  ///< Its id.

  /// Compares both.
  friend bool operator==(const TripPosition& a, const TripPosition& b) = default;
};

/// Which trips are listed.
struct TripFilter {
  std::string destination_country;         ///< Empty for those of whom nobody said where they go.
  std::optional<absl::CivilDay> from_day;  ///< Of the appointment, in its station's zone.
  std::optional<absl::CivilDay> to_day;
  std::optional<TripPosition> after;  ///< Only those after it.
  absl::Time departing_after;         ///< Only those that have not begun by then.
  int limit = 50;
};

/// An appointment to come that has places.
struct PlannedTrip {
  BookingId booking;
  std::string account;
  BookingState state = BookingState::kHeld;
  std::vector<std::string> travellers;  ///< Their keys, in the order of their places.
  std::string destination_country;
  absl::CivilDay day;

  /// Compares all parts.
  friend bool operator==(const PlannedTrip& a, const PlannedTrip& b) = default;
};

/// Finds trips.
class TripStore {
 public:
  virtual ~TripStore() = default;

  /// The trips that pass the filter, by day, then by booking.
  virtual async::Task<std::vector<PlannedTrip>> ListTrips(TripFilter filter) = 0;
};

}  // namespace houbu::slot
