/// Runs as searches see them: what never changes of them, shared by all runs of a train that are
/// alike, and beside it what is free right now.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/async/guarded.h"
#include "services/slot/app/ports_catalogue.h"
#include "services/slot/domain/availability.h"
#include "services/slot/domain/run.h"

namespace houbu::slot {

/// Where a route stops. Times are seconds since the service day's start.
struct RouteStop {
  std::string station;  ///< The station's id.
  std::string name;
  std::string city;
  std::int64_t arrives = 0;
  std::int64_t departs = 0;
  bool boards = true;   ///< Whether one may get on.
  bool alights = true;  ///< Whether one may get off.

  /// Compares all parts.
  friend bool operator==(const RouteStop& a, const RouteStop& b) = default;
};

/// A class of a route with its prices.
struct RouteClass {
  ClassCode code;
  std::vector<std::int64_t> fens;  ///< By FareIndex; negative where it is not sold.
  std::string positions;           ///< Where its units stand; as ClassLayout::positions.

  /// Compares all parts.
  friend bool operator==(const RouteClass& a, const RouteClass& b) = default;
};

/// What all runs of a train, or of a window, have in common on the days on which nothing differs.
struct Route {
  RunKind kind = RunKind::kTrain;
  std::string name;       ///< The train's number, or the window's title.
  std::string trip;       ///< What runs are made from in the timetable; may be empty.
  std::string zone_name;  ///< IANA; of its days.
  absl::TimeZone zone;
  std::vector<RouteStop> stops;
  std::vector<RouteClass> classes;  ///< By code; none where it is only planned.
  bool offered = false;             ///< Planned: whether anything will be sold on it.

  /// Where the price of a stretch stands in RouteClass::fens.
  std::size_t FareIndex(LegRange legs) const {
    const std::size_t from = static_cast<std::size_t>(legs.from);
    return from * (2 * stops.size() - from - 1) / 2 + static_cast<std::size_t>(legs.size()) - 1;
  }

  /// The price of one place, fen; nothing where the class is not sold over the stretch.
  std::optional<std::int64_t> Fare(std::size_t route_class, LegRange legs) const {
    const std::int64_t fen = classes[route_class].fens[FareIndex(legs)];
    return fen < 0 ? std::nullopt : std::optional<std::int64_t>(fen);
  }
};

/// What is free of a run.
struct RunPlaces {
  bool known = false;               ///< Whether anybody has said what is free.
  std::vector<FreePlaces> classes;  ///< In the order of Route::classes.
};

/// A run that was opened for sale. Everything but `closed` and `places` never changes.
struct SoldRun {
  RunId id;
  std::shared_ptr<const Route> route;
  absl::CivilDay service_date;
  absl::Time start;  ///< What the route's seconds are counted from.
  absl::Time sale_open_at;
  absl::Time ends_at;                ///< Arrival at the last stop.
  std::atomic<bool> closed = false;  ///< To new buyers, by an operator.
  async::Guarded<RunPlaces> places;

  /// When the run leaves a stop.
  absl::Time DepartsAt(int stop) const {
    return start + absl::Seconds(route->stops[static_cast<std::size_t>(stop)].departs);
  }
  /// When it reaches a stop.
  absl::Time ArrivesAt(int stop) const {
    return start + absl::Seconds(route->stops[static_cast<std::size_t>(stop)].arrives);
  }
};

/// What the seconds of the run's route are counted from.
absl::Time StartOf(const Run& run);

/// The route of an opened run, which has at least two stops.
std::shared_ptr<const Route> RouteOf(const OpenedRun& opened);

/// An opened run on its route; nobody knows yet what is free.
std::shared_ptr<SoldRun> SoldRunOf(const OpenedRun& opened, std::shared_ptr<const Route> route);

/// The run as the rules of selling see it, with all of its stops.
Run RunOf(const SoldRun& sold);

}  // namespace houbu::slot
