#include "services/slot/storage/catalogue_writer.h"

#include <map>
#include <utility>

#include "absl/strings/str_format.h"

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"

namespace houbu::slot {
namespace {

using async::Task;
using postgres::Parameters;
using Texts = std::vector<std::string>;
using Numbers = std::vector<std::int64_t>;

std::string KindOf(ClassKind kind) { return kind == ClassKind::kAssigned ? "ASSIGNED" : "COUNTED"; }

}  // namespace

Parameters CatalogueWriter::FeedParameters() const {
  Parameters params;
  params.Add(import_.feed);
  return params;
}

Task<void> CatalogueWriter::Execute(std::string sql, Parameters params) {
  const auto done = co_await transaction_.Execute(std::move(sql), std::move(params));
  co_return done.status();
}

Task<void> CatalogueWriter::ExecuteForFeed(std::string sql) {
  return Execute(std::move(sql), FeedParameters());
}

// Imports of one feed go one after the other: the row is locked until the end.
constexpr char kTakeVersion[] = R"sql(
  INSERT INTO feeds (name, version, imported_at)
  VALUES ($1, nextval('catalogue_versions'), $2)
  ON CONFLICT (name) DO UPDATE SET version = nextval('catalogue_versions'), imported_at = $2)sql";

// One at a time over all feeds: they share their stations.
constexpr char kLockCatalogue[] = "LOCK TABLE feeds IN SHARE ROW EXCLUSIVE MODE";

constexpr char kForgetStations[] = R"sql(
  DELETE FROM stations AS s
  WHERE NOT EXISTS (SELECT 1 FROM feed_stations AS f WHERE f.station_id = s.id)
    AND NOT EXISTS (SELECT 1 FROM run_stops AS r WHERE r.station_id = s.id))sql";

Task<void> CatalogueWriter::Write(absl::Time now) {
  CO_RETURN_IF_ERROR(co_await Execute(kLockCatalogue, Parameters()));
  Parameters version = FeedParameters();
  version.Add(now);
  CO_RETURN_IF_ERROR(co_await Execute(kTakeVersion, std::move(version)));
  if (import_.timetable.has_value()) CO_RETURN_IF_ERROR(co_await WriteTimetable());
  if (import_.offers.has_value()) CO_RETURN_IF_ERROR(co_await WriteOffers());
  if (import_.windows.has_value()) CO_RETURN_IF_ERROR(co_await WriteWindows());
  co_return co_await Execute(kForgetStations, Parameters());
}

constexpr char kDropStations[] = "DELETE FROM feed_stations WHERE feed = $1 AND part = $2";

constexpr char kPutStations[] = R"sql(
  INSERT INTO stations (id, name, city, zone, lat, lon)
  SELECT id, name, city, zone, lat::float8, lon::float8
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
       AS s(id, name, city, zone, lat, lon)
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, city = excluded.city,
    zone = excluded.zone, lat = excluded.lat, lon = excluded.lon)sql";

constexpr char kNameStations[] = R"sql(
  INSERT INTO feed_stations (feed, part, station_id)
  SELECT $1, $2, id FROM unnest($3::text[]) AS s(id))sql";

Task<void> CatalogueWriter::WriteStations(std::string part, std::vector<Station> stations) {
  Texts ids, names, cities, zones, lats, lons;
  for (const Station& station : stations) {
    ids.push_back(station.id);
    names.push_back(station.name);
    cities.push_back(station.city);
    zones.push_back(station.zone);
    lats.push_back(absl::StrFormat("%.7f", station.lat));
    lons.push_back(absl::StrFormat("%.7f", station.lon));
  }
  Parameters old = FeedParameters();
  old.Add(part);
  CO_RETURN_IF_ERROR(co_await Execute(kDropStations, std::move(old)));
  Parameters params;
  params.AddTextArray(ids).AddTextArray(names).AddTextArray(cities).AddTextArray(zones);
  params.AddTextArray(lats).AddTextArray(lons);
  CO_RETURN_IF_ERROR(co_await Execute(kPutStations, std::move(params)));
  Parameters named = FeedParameters();
  named.Add(part).AddTextArray(ids);
  co_return co_await Execute(kNameStations, std::move(named));
}

constexpr char kDropTrains[] = "DELETE FROM trains WHERE feed = $1";
constexpr char kDropStops[] = "DELETE FROM train_stops WHERE feed = $1";
constexpr char kDropCalendars[] = "DELETE FROM calendars WHERE feed = $1";

Task<void> CatalogueWriter::WriteTimetable() {
  CO_RETURN_IF_ERROR(co_await ExecuteForFeed(kDropStops));
  CO_RETURN_IF_ERROR(co_await ExecuteForFeed(kDropTrains));
  CO_RETURN_IF_ERROR(co_await ExecuteForFeed(kDropCalendars));
  CO_RETURN_IF_ERROR(co_await WriteStations("TIMETABLE", import_.timetable->stations));
  CO_RETURN_IF_ERROR(co_await WriteCalendars());
  CO_RETURN_IF_ERROR(co_await WriteTrains());
  co_return co_await WriteStops();
}

constexpr char kPutCalendars[] = R"sql(
  INSERT INTO calendars (feed, id, weekdays, first_day, last_day)
  SELECT $1, id, weekdays, first_day::date, last_day::date
  FROM unnest($2::text[], $3::int[], $4::text[], $5::text[])
       AS c(id, weekdays, first_day, last_day))sql";

constexpr char kPutExceptions[] = R"sql(
  INSERT INTO calendar_exceptions (feed, calendar, day, runs)
  SELECT $1, calendar, day::date, runs = 1
  FROM unnest($2::text[], $3::text[], $4::int[]) AS e(calendar, day, runs))sql";

Task<void> CatalogueWriter::WriteCalendars() {
  Texts ids, firsts, lasts, excepted, days;
  Numbers weekdays, runs;
  for (const ServiceCalendar& calendar : import_.timetable->calendars) {
    ids.push_back(calendar.id);
    weekdays.push_back(calendar.weekdays);
    firsts.push_back(FormatCivilDay(calendar.first_day));
    lasts.push_back(FormatCivilDay(calendar.last_day));
    for (const bool added : {true, false}) {
      for (const absl::CivilDay day : added ? calendar.added : calendar.removed) {
        excepted.push_back(calendar.id);
        days.push_back(FormatCivilDay(day));
        runs.push_back(added ? 1 : 0);
      }
    }
  }
  Parameters params = FeedParameters();
  params.AddTextArray(ids).AddIntArray(weekdays).AddTextArray(firsts).AddTextArray(lasts);
  CO_RETURN_IF_ERROR(co_await Execute(kPutCalendars, std::move(params)));
  Parameters exceptions = FeedParameters();
  exceptions.AddTextArray(excepted).AddTextArray(days).AddIntArray(runs);
  co_return co_await Execute(kPutExceptions, std::move(exceptions));
}

constexpr char kPutTrains[] = R"sql(
  INSERT INTO trains (feed, trip, number, calendar, zone)
  SELECT $1, trip, number, calendar, zone
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])
       AS t(trip, number, calendar, zone))sql";

Task<void> CatalogueWriter::WriteTrains() {
  Texts trips, numbers, calendars, zones;
  for (const TimetabledTrain& train : import_.timetable->trains) {
    trips.push_back(train.trip);
    numbers.push_back(train.number);
    calendars.push_back(train.calendar);
    zones.push_back(train.zone);
  }
  Parameters params = FeedParameters();
  params.AddTextArray(trips).AddTextArray(numbers).AddTextArray(calendars).AddTextArray(zones);
  co_return co_await Execute(kPutTrains, std::move(params));
}

constexpr char kPutStops[] = R"sql(
  INSERT INTO train_stops (feed, trip, stop_index, station_id, arrives, departs, metres, boards,
                           alights)
  SELECT $1, trip, stop_index, station_id, arrives, departs, metres, boards = 1, alights = 1
  FROM unnest($2::text[], $3::int[], $4::text[], $5::int[], $6::int[], $7::bigint[], $8::int[],
              $9::int[])
       AS s(trip, stop_index, station_id, arrives, departs, metres, boards, alights))sql";

Task<void> CatalogueWriter::WriteStops() {
  Texts trips, stations;
  Numbers indexes, arrives, departs, metres, boards, alights;
  for (const TimetabledTrain& train : import_.timetable->trains) {
    for (std::size_t i = 0; i < train.stops.size(); ++i) {
      const TimetabledStop& stop = train.stops[i];
      trips.push_back(train.trip);
      indexes.push_back(static_cast<std::int64_t>(i));
      stations.push_back(stop.station);
      arrives.push_back(stop.arrives);
      departs.push_back(stop.departs);
      metres.push_back(stop.metres);
      boards.push_back(stop.boards ? 1 : 0);
      alights.push_back(stop.alights ? 1 : 0);
    }
  }
  Parameters params = FeedParameters();
  params.AddTextArray(trips).AddIntArray(indexes).AddTextArray(stations).AddIntArray(arrives);
  params.AddIntArray(departs).AddIntArray(metres).AddIntArray(boards).AddIntArray(alights);
  co_return co_await Execute(kPutStops, std::move(params));
}

constexpr char kDropClasses[] = "DELETE FROM train_classes WHERE feed = $1";

constexpr char kPutClasses[] = R"sql(
  INSERT INTO train_classes (feed, train, class_index, code, kind, places, rate_minor, positions,
                             shares)
  SELECT $1, train, class_index, code, kind, places, NULLIF(rate, -1), positions, shares
  FROM unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::int[], $7::bigint[], $8::text[],
              $9::text[])
       AS c(train, class_index, code, kind, places, rate, positions, shares))sql";

Task<void> CatalogueWriter::WriteOffers() {
  Texts trains, codes, kinds, positions, shares;
  Numbers indexes, places, rates;
  for (const TrainOffer& offer : *import_.offers) {
    std::int64_t index = 0;
    for (const ClassTemplate& one : offer.classes) {
      trains.push_back(offer.train);
      indexes.push_back(index++);
      codes.push_back(one.code);
      kinds.push_back(KindOf(one.kind));
      places.push_back(one.places);
      rates.push_back(one.rate.value_or(-1));
      positions.push_back(one.positions);
      shares.push_back(one.shares);
    }
  }
  CO_RETURN_IF_ERROR(co_await ExecuteForFeed(kDropClasses));
  Parameters params = FeedParameters();
  params.AddTextArray(trains).AddIntArray(indexes).AddTextArray(codes).AddTextArray(kinds);
  params.AddIntArray(places).AddIntArray(rates).AddTextArray(positions).AddTextArray(shares);
  CO_RETURN_IF_ERROR(co_await Execute(kPutClasses, std::move(params)));
  co_return co_await WriteCoachesAndFares();
}

constexpr char kPutCoaches[] = R"sql(
  INSERT INTO train_coaches (feed, train, code, coach_index, coach, places)
  SELECT $1, train, code, coach_index, coach, places
  FROM unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::text[])
       AS c(train, code, coach_index, coach, places))sql";

constexpr char kPutFares[] = R"sql(
  INSERT INTO train_fares (feed, train, code, from_station, to_station, fare_minor)
  SELECT $1, train, code, from_station, to_station, fare_minor
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
       AS f(train, code, from_station, to_station, fare_minor))sql";

Task<void> CatalogueWriter::WriteCoachesAndFares() {
  Texts coach_trains, coach_codes, coaches, patterns;
  Texts fare_trains, fare_codes, froms, tos;
  Numbers indexes, fens;
  for (const TrainOffer& offer : *import_.offers) {
    for (const ClassTemplate& one : offer.classes) {
      std::int64_t index = 0;
      for (const CoachTemplate& coach : one.coaches) {
        coach_trains.push_back(offer.train);
        coach_codes.push_back(one.code);
        indexes.push_back(index++);
        coaches.push_back(coach.coach);
        patterns.push_back(coach.places);
      }
      for (const PairFare& fare : one.fares) {
        fare_trains.push_back(offer.train);
        fare_codes.push_back(one.code);
        froms.push_back(fare.from);
        tos.push_back(fare.to);
        fens.push_back(fare.fen);
      }
    }
  }
  Parameters params = FeedParameters();
  params.AddTextArray(coach_trains).AddTextArray(coach_codes).AddIntArray(indexes);
  params.AddTextArray(coaches).AddTextArray(patterns);
  CO_RETURN_IF_ERROR(co_await Execute(kPutCoaches, std::move(params)));
  Parameters fares = FeedParameters();
  fares.AddTextArray(fare_trains).AddTextArray(fare_codes).AddTextArray(froms).AddTextArray(tos);
  fares.AddIntArray(fens);
  co_return co_await Execute(kPutFares, std::move(fares));
}

constexpr char kDropWindows[] = "DELETE FROM windows WHERE feed = $1";

constexpr char kPutWindows[] = R"sql(
  INSERT INTO windows (feed, window_index, station_id, class_code, weekdays, opens, closes,
                       capacity, fee_minor, first_day, last_day)
  SELECT $1, w.index - 1, station, class, weekdays, opens, closes, capacity, fee, first_day::date,
         last_day::date
  FROM unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::int[], $8::bigint[],
              $9::text[], $10::text[]) WITH ORDINALITY
       AS w(station, class, weekdays, opens, closes, capacity, fee, first_day, last_day,
            index))sql";

Task<void> CatalogueWriter::WriteWindows() {
  std::map<std::string, Station> by_id;
  Texts ids, classes, firsts, lasts;
  Numbers weekdays, opens, closes, capacities, fees;
  for (const WindowOfferTemplate& window : *import_.windows) {
    by_id.emplace(window.station.id, window.station);
    ids.push_back(window.station.id);
    classes.push_back(window.class_code);
    weekdays.push_back(window.weekdays);
    opens.push_back(window.opens);
    closes.push_back(window.closes);
    capacities.push_back(window.capacity);
    fees.push_back(window.fee_fen);
    firsts.push_back(FormatCivilDay(window.first_day));
    lasts.push_back(FormatCivilDay(window.last_day));
  }
  std::vector<Station> stations;
  stations.reserve(by_id.size());
  for (auto& [id, station] : by_id) stations.push_back(std::move(station));
  CO_RETURN_IF_ERROR(co_await ExecuteForFeed(kDropWindows));
  CO_RETURN_IF_ERROR(co_await WriteStations("WINDOWS", std::move(stations)));
  Parameters params = FeedParameters();
  params.AddTextArray(ids).AddTextArray(classes).AddIntArray(weekdays).AddIntArray(opens);
  params.AddIntArray(closes).AddIntArray(capacities).AddIntArray(fees).AddTextArray(firsts);
  params.AddTextArray(lasts);
  co_return co_await Execute(kPutWindows, std::move(params));
}

}  // namespace houbu::slot
