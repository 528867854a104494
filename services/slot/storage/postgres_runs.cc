#include "services/slot/storage/postgres_runs.h"

#include <string>
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "services/slot/domain/rules.h"
#include "services/slot/storage/class_rows.h"

namespace houbu::slot {

using async::Task;
using postgres::Parameters;

constexpr char kLoadRun[] = R"sql(
  SELECT kind, display_name, trip, service_date::text AS service_date, time_zone, sale_open_at,
         departs_at, epoch
  FROM runs WHERE id = $1)sql";

constexpr char kLoadStops[] = R"sql(
  SELECT station_id, station_name, city, arrives_at, departs_at
  FROM run_stops WHERE run_id = $1 ORDER BY stop_index)sql";

constexpr char kLoadClasses[] =
    "SELECT code, kind, capacity, positions, shares FROM run_classes WHERE run_id = $1 "
    "ORDER BY code";

Task<Run> PostgresRuns::Load(RunId id) {
  Parameters params;
  params.Add(id.value());
  ASSIGN_OR_CO_RETURN(const postgres::Result runs, co_await pool_.Query(kLoadRun, params));
  if (runs.empty()) co_return Refuse(kRunNotFound);
  const postgres::Row row = runs.row(0);
  Run run;
  run.id = std::move(id);
  run.kind = row.Text("kind") == "TRAIN" ? RunKind::kTrain : RunKind::kWindow;
  run.display_name = row.Text("display_name");
  run.trip = row.Text("trip");
  ASSIGN_OR_CO_RETURN(run.service_date, ParseCivilDay(row.Text("service_date")));
  run.time_zone = row.Text("time_zone");
  run.sale_open_at = row.Time("sale_open_at");
  run.departs_at = row.Time("departs_at");
  run.epoch = row.Int64("epoch");

  ASSIGN_OR_CO_RETURN(const postgres::Result stops, co_await pool_.Query(kLoadStops, params));
  for (int i = 0; i < stops.rows(); ++i) {
    const postgres::Row stop = stops.row(i);
    run.stops.push_back(Stop{stop.Text("station_id"), stop.Text("station_name"), stop.Text("city"),
                             stop.Time("arrives_at"), stop.Time("departs_at")});
  }
  ASSIGN_OR_CO_RETURN(const postgres::Result classes, co_await pool_.Query(kLoadClasses, params));
  for (int i = 0; i < classes.rows(); ++i) {
    run.classes.push_back(RunClassIn(classes.row(i)));
  }
  co_return run;
}

constexpr char kLoadFare[] = R"sql(
  SELECT fare_minor FROM run_fares
  WHERE run_id = $1 AND class_code = $2 AND from_stop = $3 AND to_stop = $4)sql";

Task<std::optional<Money>> PostgresRuns::Fare(RunId id, ClassCode class_code, LegRange legs) {
  Parameters params;
  params.Add(id.value()).Add(class_code).Add(legs.from).Add(legs.to);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kLoadFare, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  co_return Fen(rows.row(0).Int64("fare_minor"));
}

constexpr char kLoadUnits[] = R"sql(
  SELECT u.coach, u.number
  FROM unnest($3::int[]) WITH ORDINALITY AS asked(unit, position)
  JOIN run_classes AS c ON c.run_id = $1 AND c.code = $2
  JOIN run_units AS u ON u.run_id = $1 AND u.class_code = COALESCE(NULLIF(c.shares, ''), c.code)
                     AND u.unit = asked.unit
  ORDER BY asked.position)sql";

Task<std::vector<Unit>> PostgresRuns::Units(RunId id, ClassCode class_code,
                                            std::vector<int> units) {
  const std::vector<std::int64_t> asked(units.begin(), units.end());
  Parameters params;
  params.Add(id.value()).Add(class_code).AddIntArray(asked);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kLoadUnits, std::move(params)));
  std::vector<Unit> found;
  found.reserve(static_cast<std::size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) {
    found.push_back(Unit{rows.row(i).Text("coach"), rows.row(i).Text("number")});
  }
  co_return found;
}

}  // namespace houbu::slot
