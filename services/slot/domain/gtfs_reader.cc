#include "services/slot/domain/gtfs_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/base/civil.h"
#include "services/slot/domain/gtfs_values.h"

namespace houbu::slot {
namespace {

constexpr char kNotDate[] = "not a date: write YYYYMMDD, a day of the calendar";

std::string Unknown(absl::string_view what, absl::string_view id, absl::string_view file) {
  return absl::StrCat(what, " ", id, " is not in ", file, ": add it there or mend the reference");
}

std::string Twice(absl::string_view what, absl::string_view id) {
  return absl::StrCat(what, " ", id, " is there twice: remove one");
}

}  // namespace

GtfsReader::GtfsReader(absl::string_view feed, const FeedFiles& files, FeedErrors& errors)
    : files_(files), errors_(errors) {
  feed_.feed = std::string(feed);
}

FeedTimetable GtfsReader::Read() {
  ReadAgencies();
  ReadStops();
  ReadRoutes();
  ReadCalendars();
  ReadCalendarDates();
  if (!files_.contains("calendar.txt") && !files_.contains("calendar_dates.txt")) {
    MissFile("calendar.txt", "the file is missing, and calendar_dates.txt too: add one of them");
  }
  ReadTrips();
  ReadStopTimes();
  FinishTrains();
  if (errors_.empty()) ReadFrequencies();
  return std::move(feed_);
}

std::optional<CsvTable> GtfsReader::Open(absl::string_view file) {
  const auto found = files_.find(std::string(file));
  if (found == files_.end()) return std::nullopt;
  return CsvTable(file, found->second, errors_);
}

void GtfsReader::MissFile(absl::string_view file, absl::string_view message) {
  errors_.Add(FilePlace{std::string(file), 0, 0}, message);
}

void GtfsReader::ReadAgencies() {
  std::optional<CsvTable> table = Open("agency.txt");
  if (!table) return MissFile("agency.txt", "the file is missing: add it");
  const CsvColumn id = table->Optional("agency_id");
  const CsvColumn zone = table->Required("agency_timezone");
  while (table->Next()) {
    agencies_.insert(std::string(table->Get(id)));
    const std::string name(table->Need(zone));
    if (name.empty()) continue;
    if (!LoadZone(name).ok()) {
      table->Fail(zone, absl::StrCat(name, " is no time zone of the tz database"));
    } else if (!zone_.empty() && zone_ != name) {
      table->Fail(zone, absl::StrCat("the agencies of a feed share one time zone, and ", zone_,
                                     " came before: split the feed"));
    } else {
      zone_ = name;
    }
  }
  if (agencies_.empty()) errors_.Add(FilePlace{"agency.txt", 1, 1}, "no agency: add one");
}

void GtfsReader::ReadStops() {
  const auto file = files_.find("stops.txt");
  if (file == files_.end()) return MissFile("stops.txt", "the file is missing: add it");
  // Parents may stand below their stops, so names are read first; faults are told once, later.
  std::map<std::string, std::string> names;
  FeedErrors told_later;
  CsvTable before("stops.txt", file->second, told_later);
  const CsvColumn id = before.Optional("stop_id");
  const CsvColumn name = before.Optional("stop_name");
  while (before.Next()) names[std::string(before.Get(id))] = std::string(before.Get(name));

  CsvTable table("stops.txt", file->second, errors_);
  table.Required("stop_id");
  table.Required("stop_name");
  table.Required("stop_lat");
  table.Required("stop_lon");
  while (table.Next()) AddStop(table, names);
}

void GtfsReader::AddStop(CsvTable& table, const std::map<std::string, std::string>& parents) {
  const CsvColumn id_column = table.Optional("stop_id");
  const CsvColumn type_column = table.Optional("location_type");
  const CsvColumn parent_column = table.Optional("parent_station");
  Station station;
  station.id = std::string(table.Need(id_column));
  station.zone = zone_;
  const absl::string_view type = table.Get(type_column);
  if (!type.empty() && (type.size() != 1 || type[0] < '0' || type[0] > '4')) {
    table.Fail(type_column, "not a location_type: write 0 to 4");
  }
  const bool is_stop = type.empty() || type == "0";
  if (station.id.empty()) return;
  if (!stops_.emplace(station.id, is_stop).second) {
    table.Fail(id_column, Twice("stop_id", station.id));
  }
  const std::string parent(table.Get(parent_column));
  const auto found = parents.find(parent);
  if (!parent.empty() && found == parents.end()) {
    table.Fail(parent_column, Unknown("parent_station", parent, "stops.txt"));
  }
  if (!is_stop) return;
  station.name = std::string(table.Need(table.Optional("stop_name")));
  station.city = !parent.empty() && found != parents.end() ? found->second : station.name;
  const CsvColumn lat = table.Optional("stop_lat");
  const CsvColumn lon = table.Optional("stop_lon");
  const std::optional<double> north = ParseDegrees(table.Get(lat), 90);
  const std::optional<double> east = ParseDegrees(table.Get(lon), 180);
  if (!north && lat >= 0) table.Fail(lat, "not a latitude: write degrees from -90 to 90");
  if (!east && lon >= 0) table.Fail(lon, "not a longitude: write degrees from -180 to 180");
  station.lat = north.value_or(0);
  station.lon = east.value_or(0);
  feed_.stations.push_back(std::move(station));
}

void GtfsReader::ReadRoutes() {
  std::optional<CsvTable> table = Open("routes.txt");
  if (!table) return MissFile("routes.txt", "the file is missing: add it");
  const CsvColumn id = table->Required("route_id");
  const CsvColumn agency = table->Optional("agency_id");
  table->Required("route_type");
  while (table->Next()) {
    const std::string route(table->Need(id));
    if (!route.empty() && !routes_.insert(route).second) table->Fail(id, Twice("route_id", route));
    const std::string owner(table->Get(agency));
    if (!owner.empty() && !agencies_.contains(owner)) {
      table->Fail(agency, Unknown("agency_id", owner, "agency.txt"));
    }
  }
}

std::size_t GtfsReader::CalendarOf(const std::string& id) {
  const auto [found, fresh] = calendars_.emplace(id, feed_.calendars.size());
  if (fresh) {
    ServiceCalendar calendar;
    calendar.id = id;
    calendar.first_day = absl::CivilDay(1970, 1, 2);  // no day, until calendar.txt says more
    calendar.last_day = absl::CivilDay(1970, 1, 1);
    feed_.calendars.push_back(std::move(calendar));
  }
  return found->second;
}

void GtfsReader::ReadCalendars() {
  std::optional<CsvTable> table = Open("calendar.txt");
  if (!table) return;
  const CsvColumn id = table->Required("service_id");
  std::vector<CsvColumn> weekdays;
  for (const char* name :
       {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}) {
    weekdays.push_back(table->Required(name));
  }
  const CsvColumn start = table->Required("start_date");
  const CsvColumn end = table->Required("end_date");
  while (table->Next()) {
    const std::string service(table->Need(id));
    if (service.empty()) continue;
    if (calendars_.contains(service)) table->Fail(id, Twice("service_id", service));
    ServiceCalendar& calendar = feed_.calendars[CalendarOf(service)];
    for (std::size_t day = 0; day < weekdays.size(); ++day) {
      const absl::string_view runs = table->Get(weekdays[day]);
      if (runs == "1") calendar.weekdays |= 1 << day;
      if (runs != "1" && runs != "0" && weekdays[day] >= 0) {
        table->Fail(weekdays[day], "not 0 or 1: write 1 where it runs on that weekday");
      }
    }
    const std::optional<absl::CivilDay> first = ParseFeedDate(table->Get(start));
    const std::optional<absl::CivilDay> last = ParseFeedDate(table->Get(end));
    if (!first && start >= 0) table->Fail(start, kNotDate);
    if (!last && end >= 0) table->Fail(end, kNotDate);
    if (!first || !last) continue;
    if (*last < *first) table->Fail(end, "end_date is before start_date: swap or mend them");
    calendar.first_day = *first;
    calendar.last_day = *last;
  }
}

void GtfsReader::ReadCalendarDates() {
  std::optional<CsvTable> table = Open("calendar_dates.txt");
  if (!table) return;
  const CsvColumn id = table->Required("service_id");
  const CsvColumn date = table->Required("date");
  const CsvColumn exception = table->Required("exception_type");
  while (table->Next()) {
    const std::string service(table->Need(id));
    const std::optional<absl::CivilDay> day = ParseFeedDate(table->Get(date));
    if (!day && date >= 0) table->Fail(date, kNotDate);
    const absl::string_view type = table->Get(exception);
    if (type != "1" && type != "2" && exception >= 0) {
      table->Fail(exception, "not 1 (added) or 2 (removed)");
      continue;
    }
    if (service.empty() || !day) continue;
    ServiceCalendar& calendar = feed_.calendars[CalendarOf(service)];
    const bool other = (type == "1" ? calendar.removed : calendar.added).contains(*day);
    const bool fresh = (type == "1" ? calendar.added : calendar.removed).insert(*day).second;
    if (other || !fresh) table->Fail(date, "this service has that date twice: remove one");
  }
}

void GtfsReader::ReadTrips() {
  std::optional<CsvTable> table = Open("trips.txt");
  if (!table) return MissFile("trips.txt", "the file is missing: add it");
  const CsvColumn route = table->Required("route_id");
  const CsvColumn service = table->Required("service_id");
  const CsvColumn id = table->Required("trip_id");
  const CsvColumn number = table->Optional("trip_short_name");
  while (table->Next()) {
    TimetabledTrain train;
    train.feed = feed_.feed;
    train.zone = zone_;
    train.trip = std::string(table->Need(id));
    train.calendar = std::string(table->Need(service));
    train.number = std::string(table->Get(number));
    if (train.number.empty()) train.number = train.trip;
    const std::string line(table->Need(route));
    if (!line.empty() && !routes_.contains(line)) {
      table->Fail(route, Unknown("route_id", line, "routes.txt"));
    }
    if (!train.calendar.empty() && !calendars_.contains(train.calendar)) {
      table->Fail(service,
                  Unknown("service_id", train.calendar, "calendar.txt or calendar_dates.txt"));
    }
    if (train.trip.empty()) continue;
    if (!trains_.emplace(train.trip, feed_.trains.size()).second) {
      table->Fail(id, Twice("trip_id", train.trip));
      continue;
    }
    TrainCalls calls;
    calls.place = table->PlaceOf(id);
    calls_.push_back(std::move(calls));
    feed_.trains.push_back(std::move(train));
  }
}

}  // namespace houbu::slot
