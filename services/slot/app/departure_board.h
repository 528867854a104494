/// The board of everything that goes: the timetable and the runs opened from it, laid out so that
/// a search finds what goes from here to there on a day without asking anybody. Never changed once
/// it is made, and read from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "services/slot/app/sold_run.h"
#include "services/slot/app/timetable_cache.h"

namespace houbu::slot {

/// A station by its number on the board.
using StationNumber = int;

/// A station as the board knows it.
struct BoardStation {
  std::string id;
  std::string name;
  absl::TimeZone zone;
  double lat = 0;
  double lon = 0;
  std::vector<StationNumber> city;  ///< All stations of its city, itself too.
};

/// A route that stops at two stations, the second after the first.
struct Stretch {
  int route = 0;  ///< Its number on the board.
  LegRange legs;
};

/// A route's stop.
struct RouteCall {
  int route = 0;  ///< Its number on the board.
  int stop = 0;
};

/// Stations and routes: what changes only when a timetable is imported or a new kind of run opened.
class RouteNetwork final {
 public:
  /// Knows nothing.
  RouteNetwork() = default;

  /// Lays out the trains of the catalogue, and `opened`, the routes of runs.
  RouteNetwork(std::shared_ptr<const Catalogue> catalogue,
               std::vector<std::shared_ptr<const Route>> opened);

  RouteNetwork(const RouteNetwork&) = delete;
  RouteNetwork& operator=(const RouteNetwork&) = delete;

  /// The stations meant by a station's id or name, or by a city's name; empty where there are none.
  const std::vector<StationNumber>& StationsOf(absl::string_view place) const;

  /// The station of this number.
  const BoardStation& station(StationNumber number) const {
    return stations_[static_cast<std::size_t>(number)];
  }

  /// The route of this number. Those of the timetable come first, then those of runs.
  const Route& route(int number) const { return *routes_[static_cast<std::size_t>(number)]; }

  /// How many routes there are, and how many of them are the timetable's.
  int routes() const { return static_cast<int>(routes_.size()); }
  int planned() const { return static_cast<int>(calendars_.size()); }

  /// The number of the timetable's route of this trip; -1 where it has none.
  int PlannedOf(absl::string_view trip) const;

  /// Tells whether a route of the timetable starts on that day.
  bool StartsOn(int planned, absl::CivilDay day) const {
    const ServiceCalendar* const calendar = calendars_[static_cast<std::size_t>(planned)];
    return calendar != nullptr && calendar->RunsOn(day);
  }

  /// Whatever stops at one and later at the other; trains only.
  const std::vector<Stretch>& Between(StationNumber from, StationNumber to) const;

  /// Trains one can board at a station.
  const std::vector<RouteCall>& CallsAt(StationNumber station) const {
    return calls_[static_cast<std::size_t>(station)];
  }

  /// The station where a route stops.
  StationNumber StationAt(RouteCall call) const {
    return stops_[static_cast<std::size_t>(call.route)][static_cast<std::size_t>(call.stop)];
  }

  /// The routes that are windows.
  const std::vector<int>& windows() const { return windows_; }

 private:
  StationNumber AddStation(const RouteStop& stop, const Route& route);
  void AddStations();
  void AddPlanned();
  void AddRoute(std::shared_ptr<const Route> route);
  void AddCities();

  std::shared_ptr<const Catalogue> catalogue_ = std::make_shared<const Catalogue>();
  std::vector<const ServiceCalendar*> calendars_;  // of the timetable's routes
  std::vector<std::shared_ptr<const Route>> routes_;
  std::vector<std::vector<StationNumber>> stops_;  // by route
  std::vector<int> windows_;
  std::vector<BoardStation> stations_;
  absl::flat_hash_map<std::string, StationNumber> numbers_;              // by id
  absl::flat_hash_map<std::string, std::vector<StationNumber>> places_;  // by name and city
  absl::flat_hash_map<std::string, std::vector<StationNumber>> ids_;     // each by its id
  absl::flat_hash_map<std::uint64_t, std::vector<Stretch>> stretches_;   // by from and to
  absl::flat_hash_map<std::string, int> trips_;
  std::vector<std::vector<RouteCall>> calls_;  // by station
};

/// A journey that was found on the board: a stretch of a route on a day.
struct BoardJourney {
  int route = 0;
  const SoldRun* run = nullptr;  ///< Null where its sale has not been prepared. The board's.
  absl::CivilDay service_day;
  LegRange legs;
  absl::Time departs_at;
  absl::Time arrives_at;
};

/// When one wants to board: within [begin, end), the day `day` where one boards.
struct Boarding {
  absl::CivilDay day;
  absl::Time begin;
  absl::Time end;
  absl::TimeZone zone;  ///< Of where one boards.
};

/// The days of the board, over its network.
class DepartureBoard final {
 public:
  /// An empty board.
  DepartureBoard() = default;

  /// Puts `runs` on the board. Their routes must be on `network`: `numbers` says which they are.
  DepartureBoard(std::shared_ptr<const RouteNetwork> network,
                 const absl::flat_hash_map<const Route*, int>& numbers,
                 const std::vector<std::shared_ptr<SoldRun>>& runs);

  /// Stations and routes.
  const RouteNetwork& network() const { return *network_; }

  /// Adds what goes over the stretch and boards in that time. A run goes as it was opened, whatever
  /// the timetable says now.
  void FindDepartures(const Stretch& stretch, const Boarding& boarding,
                      std::vector<BoardJourney>& found) const;

  /// The runs of a window's route within days `first` to `last`, by day.
  std::vector<const SoldRun*> WindowsOf(int route, absl::CivilDay first, absl::CivilDay last) const;

 private:
  struct Day {
    std::vector<std::shared_ptr<SoldRun>> runs;  // by route, less those of the timetable
    std::vector<bool> opened;                    // by the timetable's route
  };

  const Day* DayOf(absl::CivilDay day) const;
  void FindDeparture(const Stretch& stretch, absl::CivilDay start, const Boarding& boarding,
                     std::vector<BoardJourney>& found) const;

  std::shared_ptr<const RouteNetwork> network_ = std::make_shared<const RouteNetwork>();
  absl::CivilDay first_;
  std::vector<Day> days_;
};

}  // namespace houbu::slot
