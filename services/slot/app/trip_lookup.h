/// Journeys to come, by destination and day: whom a policy change may hit.
#pragma once

#include <optional>
#include <vector>

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "services/slot/app/ports_trips.h"

namespace houbu::slot {

/// A page of trips.
struct TripPage {
  std::vector<PlannedTrip> trips;
  std::optional<TripPosition> next;  ///< What the next page goes on after.
};

/// Looks trips up for operators.
class TripLookup final {
 public:
  /// Both must outlive this.
  TripLookup(const Clock& clock, TripStore& trips) : clock_(clock), trips_(trips) {}

  /// At most `filter.limit` of the trips that have not begun yet and pass the filter.
  async::Task<TripPage> List(TripFilter filter);

 private:
  const Clock& clock_;
  TripStore& trips_;
};

}  // namespace houbu::slot
