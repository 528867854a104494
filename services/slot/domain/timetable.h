/// The timetable: which trains go when and where. Runs are opened from it; what is sold lives on in
/// its run, whatever becomes of the timetable.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace houbu::slot {

/// A station. Those of one city count as one place to travel from or to (W-02).
struct Station {
  std::string id;
  std::string name;
  std::string city;  ///< Its own name where nothing groups it.
  std::string zone;  ///< IANA.
  double lat = 0;
  double lon = 0;
};

/// The days on which trains go.
struct ServiceCalendar {
  std::string id;
  int weekdays = 0;  ///< Bit 0 is Monday.
  absl::CivilDay first_day;
  absl::CivilDay last_day;
  std::set<absl::CivilDay> added;
  std::set<absl::CivilDay> removed;

  /// Tells whether it goes on that day.
  bool RunsOn(absl::CivilDay day) const;
};

/// Where a train stops. Times are seconds since the service day's start and may pass 24 hours.
struct TimetabledStop {
  std::string station;
  int arrives = 0;
  int departs = 0;
  std::int64_t metres = -1;  ///< From the train's start; -1 where unknown.
  bool boards = true;        ///< Whether one may get on.
  bool alights = true;       ///< Whether one may get off.
};

/// A train as the timetable has it, for all its days.
struct TimetabledTrain {
  std::string feed;
  std::string trip;    ///< Unique within the feed.
  std::string number;  ///< What people call it, "G35".
  std::string calendar;
  std::string zone;  ///< IANA; of its service days and times.
  std::vector<TimetabledStop> stops;
};

/// What one feed brings.
struct FeedTimetable {
  std::string feed;
  std::vector<Station> stations;
  std::vector<ServiceCalendar> calendars;
  std::vector<TimetabledTrain> trains;

  /// How many stops all trains make.
  int stop_times() const;
};

/// What a run that was made from this train is called in `runs.trip`.
std::string TripKey(absl::string_view feed, absl::string_view trip);

/// The instant `seconds` into a service day: counted, as GTFS does, from twelve hours before noon,
/// so that a train keeps its hours on the days when clocks change.
absl::Time ServiceInstant(absl::CivilDay day, int seconds, absl::TimeZone zone);

/// A train over a stretch on a day.
struct PlannedJourney {
  const TimetabledTrain* train = nullptr;  ///< Borrowed from the timetable.
  absl::CivilDay service_day;              ///< Of the train's start; boarding may be later.
  int from = 0;                            ///< Stop indexes.
  int to = 0;
  absl::Time departs_at;
  absl::Time arrives_at;
};

/// All feeds together, made ready for questions. Never changed once it is made.
class Timetable final {
 public:
  /// Knows nothing.
  Timetable() = default;

  /// Takes what the feeds bring and further stations, as border stations, that no train serves.
  Timetable(std::vector<FeedTimetable> feeds, std::vector<Station> others);

  Timetable(const Timetable&) = delete;
  Timetable& operator=(const Timetable&) = delete;

  /// The ids of the stations meant by a station's id or name, or by a city's name; empty where
  /// there are none.
  std::set<std::string> StationsOf(absl::string_view place) const;

  /// The station of this id; null where there is none. Borrows from the timetable.
  const Station* FindStation(absl::string_view id) const;

  /// All stations, by id.
  const std::map<std::string, Station>& stations() const { return stations_; }

  /// The trains that can be boarded at one of `from` on `day`, the boarding date in their own zone,
  /// and left at one of `to`; by departure.
  std::vector<PlannedJourney> Journeys(const std::set<std::string>& from,
                                       const std::set<std::string>& to, absl::CivilDay day) const;

  /// The feeds.
  const std::vector<FeedTimetable>& feeds() const { return feeds_; }

  /// The days on which the train starts; null where the feed does not say. Borrows from the
  /// timetable.
  const ServiceCalendar* CalendarOf(const TimetabledTrain& train) const;

  /// Tells whether the train starts on that day.
  bool StartsOn(const TimetabledTrain& train, absl::CivilDay day) const;

 private:
  struct Call {
    const TimetabledTrain* train;
    int stop;
  };

  void AddStation(const Station& station);
  void AddJourneys(const Call& call, const std::set<std::string>& to, absl::CivilDay day,
                   std::vector<PlannedJourney>& found) const;

  std::vector<FeedTimetable> feeds_;
  std::map<std::string, Station> stations_;
  std::map<std::string, std::set<std::string>> places_;      // names of stations and cities
  std::map<std::string, std::vector<Call>> calls_;           // by station
  std::map<std::string, const ServiceCalendar*> calendars_;  // by feed and id
};

}  // namespace houbu::slot
