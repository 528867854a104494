#include "services/slot/storage/catalogue_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "libs/base/status_macros.h"

namespace houbu::slot {
namespace {

using async::Task;
using postgres::Row;

double DegreesIn(const Row& row, absl::string_view column) {
  double degrees = 0;
  return absl::SimpleAtod(row.Text(column), &degrees) ? degrees : 0;
}

Station StationIn(const Row& row) {
  Station station;
  station.id = row.Text("id");
  station.name = row.Text("name");
  station.city = row.Text("city");
  station.zone = row.Text("zone");
  station.lat = DegreesIn(row, "lat");
  station.lon = DegreesIn(row, "lon");
  return station;
}

absl::StatusOr<std::set<absl::CivilDay>> DaysIn(const Row& row, absl::string_view column) {
  std::set<absl::CivilDay> days;
  for (const std::string& text : row.TextArray(column)) {
    ASSIGN_OR_RETURN(const absl::CivilDay day, ParseCivilDay(text));
    days.insert(day);
  }
  return days;
}

absl::StatusOr<ServiceCalendar> CalendarIn(const Row& row) {
  ServiceCalendar calendar;
  calendar.id = row.Text("id");
  calendar.weekdays = row.Int32("weekdays");
  ASSIGN_OR_RETURN(calendar.first_day, ParseCivilDay(row.Text("first_day")));
  ASSIGN_OR_RETURN(calendar.last_day, ParseCivilDay(row.Text("last_day")));
  ASSIGN_OR_RETURN(calendar.added, DaysIn(row, "added"));
  ASSIGN_OR_RETURN(calendar.removed, DaysIn(row, "removed"));
  return calendar;
}

TimetabledTrain TrainIn(const Row& row) {
  TimetabledTrain train;
  train.feed = row.Text("feed");
  train.trip = row.Text("trip");
  train.number = row.Text("number");
  train.calendar = row.Text("calendar");
  train.zone = row.Text("zone");
  const auto stations = row.TextArray("stations");
  const auto arrives = row.IntArray("arrives");
  const auto departs = row.IntArray("departs");
  const auto metres = row.IntArray("metres");
  const auto boards = row.IntArray("boards");
  const auto alights = row.IntArray("alights");
  for (std::size_t i = 0; i < stations.size(); ++i) {
    TimetabledStop stop;
    stop.station = stations[i];
    stop.arrives = static_cast<int>(arrives[i]);
    stop.departs = static_cast<int>(departs[i]);
    stop.metres = metres[i];
    stop.boards = boards[i] == 1;
    stop.alights = alights[i] == 1;
    train.stops.push_back(std::move(stop));
  }
  return train;
}

ClassTemplate ClassIn(const Row& row) {
  ClassTemplate one;
  one.code = row.Text("code");
  one.kind = row.Text("kind") == "ASSIGNED" ? ClassKind::kAssigned : ClassKind::kCounted;
  one.places = row.Int32("places");
  one.rate = row.OptionalInt64("rate_minor");
  one.positions = row.Text("positions");
  one.shares = row.Text("shares");
  const auto coaches = row.TextArray("coaches");
  const auto patterns = row.TextArray("patterns");
  for (std::size_t i = 0; i < coaches.size(); ++i) {
    one.coaches.push_back(CoachTemplate{coaches[i], patterns[i]});
  }
  const auto froms = row.TextArray("froms");
  const auto tos = row.TextArray("tos");
  const auto fens = row.IntArray("fens");
  for (std::size_t i = 0; i < froms.size(); ++i) {
    one.fares.push_back(PairFare{froms[i], tos[i], fens[i]});
  }
  return one;
}

absl::StatusOr<WindowOfferTemplate> WindowIn(const Row& row) {
  WindowOfferTemplate window;
  window.station = StationIn(row);
  window.class_code = row.Text("class_code");
  window.weekdays = row.Int32("weekdays");
  window.opens = row.Int32("opens");
  window.closes = row.Int32("closes");
  window.capacity = row.Int32("capacity");
  window.fee_fen = row.Int64("fee_minor");
  ASSIGN_OR_RETURN(window.first_day, ParseCivilDay(row.Text("first_day")));
  ASSIGN_OR_RETURN(window.last_day, ParseCivilDay(row.Text("last_day")));
  return window;
}

}  // namespace

Task<CatalogueContent> CatalogueReader::Read() {
  CO_RETURN_IF_ERROR(co_await ReadFeeds());
  CO_RETURN_IF_ERROR(co_await ReadStations());
  CO_RETURN_IF_ERROR(co_await ReadCalendars());
  CO_RETURN_IF_ERROR(co_await ReadTrains());
  CO_RETURN_IF_ERROR(co_await ReadClasses());
  CO_RETURN_IF_ERROR(co_await ReadWindows());
  CO_RETURN_IF_ERROR(co_await transaction_.Rollback());
  co_return std::move(content_);
}

constexpr char kReadFeeds[] = "SELECT name, version FROM feeds ORDER BY name";

Task<void> CatalogueReader::ReadFeeds() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await transaction_.Execute(kReadFeeds));
  for (int i = 0; i < rows.rows(); ++i) {
    const std::string name = rows.row(i).Text("name");
    content_.version = std::max(content_.version, rows.row(i).Int64("version"));
    feeds_[name] = content_.timetables.size();
    content_.timetables.emplace_back().feed = name;
    content_.offers.emplace_back().feed = name;
  }
  co_return absl::OkStatus();
}

constexpr char kReadStations[] = R"sql(
  SELECT id, name, city, zone, lat::text AS lat, lon::text AS lon FROM stations)sql";

Task<void> CatalogueReader::ReadStations() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await transaction_.Execute(kReadStations));
  for (int i = 0; i < rows.rows(); ++i) {
    content_.stations.push_back(StationIn(rows.row(i)));
  }
  co_return absl::OkStatus();
}

constexpr char kReadCalendars[] = R"sql(
  SELECT c.feed, c.id, c.weekdays, c.first_day::text AS first_day, c.last_day::text AS last_day,
         ARRAY(SELECT e.day::text FROM calendar_exceptions AS e
               WHERE e.feed = c.feed AND e.calendar = c.id AND e.runs) AS added,
         ARRAY(SELECT e.day::text FROM calendar_exceptions AS e
               WHERE e.feed = c.feed AND e.calendar = c.id AND NOT e.runs) AS removed
  FROM calendars AS c)sql";

Task<void> CatalogueReader::ReadCalendars() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await transaction_.Execute(kReadCalendars));
  for (int i = 0; i < rows.rows(); ++i) {
    const Row row = rows.row(i);
    ASSIGN_OR_CO_RETURN(ServiceCalendar calendar, CalendarIn(row));
    content_.timetables[feeds_[row.Text("feed")]].calendars.push_back(std::move(calendar));
  }
  co_return absl::OkStatus();
}

constexpr char kReadTrains[] = R"sql(
  SELECT t.feed, t.trip, t.number, t.calendar, t.zone,
         array_agg(s.station_id ORDER BY s.stop_index) AS stations,
         array_agg(s.arrives ORDER BY s.stop_index) AS arrives,
         array_agg(s.departs ORDER BY s.stop_index) AS departs,
         array_agg(s.metres ORDER BY s.stop_index) AS metres,
         array_agg(s.boards::int ORDER BY s.stop_index) AS boards,
         array_agg(s.alights::int ORDER BY s.stop_index) AS alights
  FROM trains AS t JOIN train_stops AS s ON s.feed = t.feed AND s.trip = t.trip
  GROUP BY t.feed, t.trip)sql";

Task<void> CatalogueReader::ReadTrains() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await transaction_.Execute(kReadTrains));
  for (int i = 0; i < rows.rows(); ++i) {
    TimetabledTrain train = TrainIn(rows.row(i));
    content_.timetables[feeds_[train.feed]].trains.push_back(std::move(train));
  }
  co_return absl::OkStatus();
}

constexpr char kReadClasses[] = R"sql(
  SELECT c.feed, c.train, c.code, c.kind, c.places, c.rate_minor, c.positions, c.shares,
         ARRAY(SELECT coach FROM train_coaches AS k
               WHERE k.feed = c.feed AND k.train = c.train AND k.code = c.code
               ORDER BY coach_index) AS coaches,
         ARRAY(SELECT k.places FROM train_coaches AS k
               WHERE k.feed = c.feed AND k.train = c.train AND k.code = c.code
               ORDER BY coach_index) AS patterns,
         ARRAY(SELECT from_station FROM train_fares AS f
               WHERE f.feed = c.feed AND f.train = c.train AND f.code = c.code
               ORDER BY from_station, to_station) AS froms,
         ARRAY(SELECT to_station FROM train_fares AS f
               WHERE f.feed = c.feed AND f.train = c.train AND f.code = c.code
               ORDER BY from_station, to_station) AS tos,
         ARRAY(SELECT fare_minor FROM train_fares AS f
               WHERE f.feed = c.feed AND f.train = c.train AND f.code = c.code
               ORDER BY from_station, to_station) AS fens
  FROM train_classes AS c ORDER BY c.feed, c.train, c.class_index)sql";

Task<void> CatalogueReader::ReadClasses() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await transaction_.Execute(kReadClasses));
  for (int i = 0; i < rows.rows(); ++i) {
    const Row row = rows.row(i);
    std::vector<TrainOffer>& trains = content_.offers[feeds_[row.Text("feed")]].trains;
    const std::string train = row.Text("train");
    if (trains.empty() || trains.back().train != train) trains.emplace_back().train = train;
    trains.back().classes.push_back(ClassIn(row));
  }
  co_return absl::OkStatus();
}

constexpr char kReadWindows[] = R"sql(
  SELECT w.feed, s.id, s.name, s.city, s.zone, s.lat::text AS lat, s.lon::text AS lon,
         w.class_code, w.weekdays, w.opens, w.closes, w.capacity, w.fee_minor,
         w.first_day::text AS first_day, w.last_day::text AS last_day
  FROM windows AS w JOIN stations AS s ON s.id = w.station_id
  ORDER BY w.feed, w.window_index)sql";

Task<void> CatalogueReader::ReadWindows() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await transaction_.Execute(kReadWindows));
  for (int i = 0; i < rows.rows(); ++i) {
    const Row row = rows.row(i);
    ASSIGN_OR_CO_RETURN(WindowOfferTemplate window, WindowIn(row));
    content_.offers[feeds_[row.Text("feed")]].windows.push_back(std::move(window));
  }
  co_return absl::OkStatus();
}

}  // namespace houbu::slot
