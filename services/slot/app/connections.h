/// Journeys with one change: two trains, the second boarded where the first is left or at another
/// station of the same city.
#pragma once

#include <functional>
#include <vector>

#include "absl/time/time.h"

#include "services/slot/app/departure_board.h"

namespace houbu::slot {

/// What makes a change.
struct ConnectionRules {
  absl::Duration change_at_station = absl::Minutes(15);  ///< The least time for a change,
  absl::Duration change_in_city = absl::Minutes(60);     ///< and from one station to another.
  absl::Duration wait_max = absl::Hours(4);              ///< The longest wait.
  int limit = 10;                                        ///< The most that are given.
};

/// Two trains.
struct BoardConnection {
  BoardJourney first;
  BoardJourney second;
};

/// From where to where, and when one boards.
struct ConnectionQuery {
  const std::vector<StationNumber>& from;
  const std::vector<StationNumber>& to;
  Boarding boarding;
  std::function<bool(const BoardJourney&)> wanted;  ///< Whether a train may be one of the two.
};

/// The best changes, the earliest arrival first: none that leaves no later and arrives no earlier
/// than another. Nobody changes in the city of origin or destination, nor out of a train that goes
/// on to the destination.
std::vector<BoardConnection> FindConnections(const DepartureBoard& board,
                                             const ConnectionQuery& query,
                                             const ConnectionRules& rules);

}  // namespace houbu::slot
