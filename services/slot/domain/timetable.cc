#include "services/slot/domain/timetable.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/base/civil.h"

namespace houbu::slot {
namespace {

constexpr int kDaySeconds = 24 * 60 * 60;

std::string CalendarKey(absl::string_view feed, absl::string_view calendar) {
  return absl::StrCat(feed, "/", calendar);
}

absl::TimeZone ZoneNamed(absl::string_view name) {
  const absl::StatusOr<absl::TimeZone> zone = LoadZone(name);
  return zone.ok() ? *zone : absl::UTCTimeZone();
}

}  // namespace

bool ServiceCalendar::RunsOn(absl::CivilDay day) const {
  if (removed.contains(day)) return false;
  if (added.contains(day)) return true;
  if (day < first_day || last_day < day) return false;
  const int weekday = static_cast<int>(absl::GetWeekday(day));  // Monday is 0
  return (weekdays >> weekday & 1) == 1;
}

int FeedTimetable::stop_times() const {
  std::size_t count = 0;
  for (const TimetabledTrain& train : trains) count += train.stops.size();
  return static_cast<int>(count);
}

std::string TripKey(absl::string_view feed, absl::string_view trip) {
  return absl::StrCat(feed, "/", trip);
}

absl::Time ServiceInstant(absl::CivilDay day, int seconds, absl::TimeZone zone) {
  const absl::CivilSecond noon(day.year(), day.month(), day.day(), 12, 0, 0);
  return absl::FromCivil(noon, zone) - absl::Hours(12) + absl::Seconds(seconds);
}

Timetable::Timetable(std::vector<FeedTimetable> feeds, std::vector<Station> others)
    : feeds_(std::move(feeds)) {
  for (const Station& station : others) AddStation(station);
  for (const FeedTimetable& feed : feeds_) {
    for (const Station& station : feed.stations) AddStation(station);
    for (const ServiceCalendar& calendar : feed.calendars) {
      calendars_[CalendarKey(feed.feed, calendar.id)] = &calendar;
    }
    for (const TimetabledTrain& train : feed.trains) {
      for (std::size_t stop = 0; stop < train.stops.size(); ++stop) {
        calls_[train.stops[stop].station].push_back(Call{&train, static_cast<int>(stop)});
      }
    }
  }
}

void Timetable::AddStation(const Station& station) {
  stations_[station.id] = station;
  places_[station.name].insert(station.id);
  if (!station.city.empty()) places_[station.city].insert(station.id);
}

std::set<std::string> Timetable::StationsOf(absl::string_view place) const {
  const std::string name(place);
  if (stations_.contains(name)) return {name};
  const auto found = places_.find(name);
  return found == places_.end() ? std::set<std::string>() : found->second;
}

const Station* Timetable::FindStation(absl::string_view id) const {
  const auto found = stations_.find(std::string(id));
  return found == stations_.end() ? nullptr : &found->second;
}

const ServiceCalendar* Timetable::CalendarOf(const TimetabledTrain& train) const {
  const auto found = calendars_.find(CalendarKey(train.feed, train.calendar));
  return found == calendars_.end() ? nullptr : found->second;
}

bool Timetable::StartsOn(const TimetabledTrain& train, absl::CivilDay day) const {
  const ServiceCalendar* const calendar = CalendarOf(train);
  return calendar != nullptr && calendar->RunsOn(day);
}

std::vector<PlannedJourney> Timetable::Journeys(const std::set<std::string>& from,
                                                const std::set<std::string>& to,
                                                absl::CivilDay day) const {
  std::vector<PlannedJourney> found;
  for (const std::string& station : from) {
    const auto calls = calls_.find(station);
    if (calls == calls_.end()) continue;
    for (const Call& call : calls->second) AddJourneys(call, to, day, found);
  }
  std::sort(found.begin(), found.end(), [](const PlannedJourney& a, const PlannedJourney& b) {
    return std::tie(a.departs_at, a.train->number, a.train->trip, a.from, a.to) <
           std::tie(b.departs_at, b.train->number, b.train->trip, b.from, b.to);
  });
  return found;
}

void Timetable::AddJourneys(const Call& call, const std::set<std::string>& to, absl::CivilDay day,
                            std::vector<PlannedJourney>& found) const {
  const TimetabledTrain& train = *call.train;
  const TimetabledStop& boarding = train.stops[static_cast<std::size_t>(call.stop)];
  if (!boarding.boards) return;
  const absl::TimeZone zone = ZoneNamed(train.zone);
  // On days when clocks change, midnight is not where the seconds say: look a day either way.
  const absl::CivilDay nearest = day - boarding.departs / kDaySeconds;
  for (const absl::CivilDay start : {nearest - 1, nearest, nearest + 1}) {
    const absl::Time departs_at = ServiceInstant(start, boarding.departs, zone);
    if (DayAt(departs_at, zone) != day || !StartsOn(train, start)) continue;
    for (std::size_t stop = static_cast<std::size_t>(call.stop) + 1; stop < train.stops.size();
         ++stop) {
      const TimetabledStop& alighting = train.stops[stop];
      if (!alighting.alights || !to.contains(alighting.station)) continue;
      PlannedJourney journey;
      journey.train = &train;
      journey.service_day = start;
      journey.from = call.stop;
      journey.to = static_cast<int>(stop);
      journey.departs_at = departs_at;
      journey.arrives_at = ServiceInstant(start, alighting.arrives, zone);
      found.push_back(journey);
    }
  }
}

}  // namespace houbu::slot
