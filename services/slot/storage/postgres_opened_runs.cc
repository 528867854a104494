#include "services/slot/storage/postgres_opened_runs.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "libs/base/status_macros.h"
#include "services/slot/storage/run_opener.h"

namespace houbu::slot {
namespace {

using async::Task;
using postgres::Parameters;
using postgres::Row;

constexpr absl::Duration kOpenTimeout = absl::Minutes(1);  // for one statement

absl::StatusOr<OpenedJourney> JourneyIn(const Row& row) {
  OpenedJourney journey;
  Run& run = journey.run;
  run.id = RunId(row.Text("id"));
  run.kind = RunKind::kTrain;
  run.display_name = row.Text("display_name");
  run.trip = row.Text("trip");
  ASSIGN_OR_RETURN(run.service_date, ParseCivilDay(row.Text("service_date")));
  run.time_zone = row.Text("time_zone");
  run.sale_open_at = row.Time("sale_open_at");
  run.departs_at = row.Time("run_departs_at");
  run.epoch = row.Int64("epoch");
  journey.legs = LegRange{row.Int32("from_stop"), row.Int32("to_stop")};
  journey.boarding = Stop{row.Text("from_station"), row.Text("from_name"), row.Text("from_city"),
                          row.Time("from_arrives_at"), row.Time("from_departs_at")};
  journey.alighting = Stop{row.Text("to_station"), row.Text("to_name"), row.Text("to_city"),
                           row.Time("to_arrives_at"), row.Time("to_departs_at")};
  run.stops = {journey.boarding, journey.alighting};
  const auto codes = row.TextArray("codes");
  const auto fares = row.IntArray("fares");
  for (std::size_t i = 0; i < codes.size(); ++i) {
    journey.classes.push_back(OpenedClass{codes[i], fares[i]});
  }
  return journey;
}

}  // namespace

Task<int> PostgresOpenedRuns::Open(std::vector<RunDraft> drafts) {
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction, co_await pool_.Begin());
  CO_RETURN_IF_ERROR(co_await transaction.SetStatementTimeout(kOpenTimeout));
  RunOpener opener(transaction, std::move(drafts));
  ASSIGN_OR_CO_RETURN(const int opened, co_await opener.Write());
  CO_RETURN_IF_ERROR(co_await transaction.Commit());
  co_return opened;
}

constexpr char kReadDays[] = R"sql(
  SELECT trip, service_date::text AS day FROM runs
  WHERE service_date BETWEEN $1::text::date AND $2::text::date)sql";

Task<std::set<TripDay>> PostgresOpenedRuns::Days(absl::CivilDay first, absl::CivilDay last) {
  Parameters params;
  params.Add(FormatCivilDay(first)).Add(FormatCivilDay(last));
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kReadDays, std::move(params)));
  std::set<TripDay> days;
  for (int i = 0; i < rows.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(const absl::CivilDay day, ParseCivilDay(rows.row(i).Text("day")));
    days.emplace(rows.row(i).Text("trip"), day);
  }
  co_return days;
}

// Where a train calls twice at a station, the first call counts, as in a booking.
constexpr char kFindJourneys[] = R"sql(
  SELECT DISTINCT ON (r.id, b.station_id, a.station_id)
         r.id, r.display_name, r.trip, r.service_date::text AS service_date, r.time_zone,
         r.sale_open_at, r.departs_at AS run_departs_at, r.epoch,
         b.stop_index AS from_stop, b.station_id AS from_station, b.station_name AS from_name,
         b.city AS from_city, b.arrives_at AS from_arrives_at, b.departs_at AS from_departs_at,
         a.stop_index AS to_stop, a.station_id AS to_station, a.station_name AS to_name,
         a.city AS to_city, a.arrives_at AS to_arrives_at, a.departs_at AS to_departs_at,
         ARRAY(SELECT f.class_code FROM run_fares AS f
               WHERE f.run_id = r.id AND f.from_stop = b.stop_index AND f.to_stop = a.stop_index
               ORDER BY f.fare_minor DESC, f.class_code) AS codes,
         ARRAY(SELECT f.fare_minor FROM run_fares AS f
               WHERE f.run_id = r.id AND f.from_stop = b.stop_index AND f.to_stop = a.stop_index
               ORDER BY f.fare_minor DESC, f.class_code) AS fares
  FROM run_stops AS b
  JOIN run_stops AS a ON a.run_id = b.run_id AND a.stop_index > b.stop_index
  JOIN runs AS r ON r.id = b.run_id
  WHERE r.kind = 'TRAIN' AND b.station_id = ANY($1) AND a.station_id = ANY($2)
    AND b.departs_at >= $3 AND b.departs_at < $4
  ORDER BY r.id, b.station_id, a.station_id, b.stop_index, a.stop_index)sql";

Task<std::vector<OpenedJourney>> PostgresOpenedRuns::Journeys(OpenedQuery query) {
  Parameters params;
  params.AddTextArray(query.from).AddTextArray(query.to).Add(query.begin).Add(query.end);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kFindJourneys, std::move(params)));
  std::vector<OpenedJourney> journeys;
  for (int i = 0; i < rows.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(OpenedJourney journey, JourneyIn(rows.row(i)));
    journeys.push_back(std::move(journey));
  }
  co_return journeys;
}

constexpr char kReadClasses[] = R"sql(
  SELECT class_code, fare_minor FROM run_fares
  WHERE run_id = $1 AND from_stop = $2 AND to_stop = $3
  ORDER BY fare_minor DESC, class_code)sql";

Task<std::vector<OpenedClass>> PostgresOpenedRuns::Classes(RunId run, LegRange legs) {
  Parameters params;
  params.Add(run.value()).Add(legs.from).Add(legs.to);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kReadClasses, std::move(params)));
  std::vector<OpenedClass> classes;
  classes.reserve(static_cast<std::size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) {
    classes.push_back(OpenedClass{rows.row(i).Text("class_code"), rows.row(i).Int64("fare_minor")});
  }
  co_return classes;
}

}  // namespace houbu::slot
