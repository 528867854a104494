#include "services/slot/storage/postgres_opened_runs.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "libs/base/status_macros.h"
#include "services/slot/storage/class_rows.h"
#include "services/slot/storage/run_opener.h"

namespace houbu::slot {
namespace {

using async::Task;
using postgres::Parameters;
using postgres::Row;

constexpr absl::Duration kOpenTimeout = absl::Minutes(1);  // for one statement

Parameters ParametersOf(const std::vector<RunId>& ids) {
  std::vector<std::string> texts;
  texts.reserve(ids.size());
  for (const RunId& id : ids) texts.push_back(id.value());
  Parameters params;
  params.AddTextArray(texts);
  return params;
}

absl::StatusOr<OpenedRun> RunIn(const Row& row) {
  OpenedRun opened;
  Run& run = opened.run;
  run.id = RunId(row.Text("id"));
  run.kind = row.Text("kind") == "TRAIN" ? RunKind::kTrain : RunKind::kWindow;
  run.display_name = row.Text("display_name");
  run.trip = row.Text("trip");
  ASSIGN_OR_RETURN(run.service_date, ParseCivilDay(row.Text("service_date")));
  run.time_zone = row.Text("time_zone");
  run.sale_open_at = row.Time("sale_open_at");
  run.departs_at = row.Time("departs_at");
  run.epoch = row.Int64("epoch");
  opened.closed = row.Text("sale") == "CLOSED";
  const auto stations = row.TextArray("stations");
  const auto names = row.TextArray("names");
  const auto cities = row.TextArray("cities");
  const auto arrives = row.IntArray("arrives");
  const auto departs = row.IntArray("departs");
  for (std::size_t i = 0; i < stations.size(); ++i) {
    run.stops.push_back(Stop{stations[i], names[i], cities[i], absl::FromUnixMicros(arrives[i]),
                             absl::FromUnixMicros(departs[i])});
  }
  const auto fare_codes = row.TextArray("fare_codes");
  const auto froms = row.IntArray("froms");
  const auto tos = row.IntArray("tos");
  const auto fens = row.IntArray("fens");
  for (std::size_t i = 0; i < fare_codes.size(); ++i) {
    const LegRange legs = {static_cast<int>(froms[i]), static_cast<int>(tos[i])};
    opened.fares.push_back(OpenedRun::Fare{fare_codes[i], legs, fens[i]});
  }
  return opened;
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

constexpr char kCountByDay[] = R"sql(
  SELECT service_date::text AS day, count(*) AS runs FROM runs
  WHERE service_date BETWEEN $1::text::date AND $2::text::date
  GROUP BY service_date)sql";

Task<std::map<absl::CivilDay, std::int64_t>> PostgresOpenedRuns::CountByDay(absl::CivilDay first,
                                                                            absl::CivilDay last) {
  Parameters params;
  params.Add(FormatCivilDay(first)).Add(FormatCivilDay(last));
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kCountByDay, std::move(params)));
  std::map<absl::CivilDay, std::int64_t> counts;
  for (int i = 0; i < rows.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(const absl::CivilDay day, ParseCivilDay(rows.row(i).Text("day")));
    counts[day] = rows.row(i).Int64("runs");
  }
  co_return counts;
}

constexpr char kIdsOf[] = "SELECT id FROM runs WHERE service_date = $1::text::date ORDER BY id";

Task<std::vector<RunId>> PostgresOpenedRuns::IdsOf(absl::CivilDay day) {
  Parameters params;
  params.Add(FormatCivilDay(day));
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await pool_.Query(kIdsOf, std::move(params)));
  std::vector<RunId> ids;
  ids.reserve(static_cast<std::size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) ids.emplace_back(rows.row(i).Text("id"));
  co_return ids;
}

constexpr char kReadClosed[] = R"sql(
  SELECT id FROM runs
  WHERE sale = 'CLOSED' AND service_date BETWEEN $1::text::date AND $2::text::date)sql";

Task<std::set<RunId>> PostgresOpenedRuns::Closed(absl::CivilDay first, absl::CivilDay last) {
  Parameters params;
  params.Add(FormatCivilDay(first)).Add(FormatCivilDay(last));
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kReadClosed, std::move(params)));
  std::set<RunId> closed;
  for (int i = 0; i < rows.rows(); ++i) closed.emplace(rows.row(i).Text("id"));
  co_return closed;
}

constexpr char kLoadRuns[] = R"sql(
  SELECT r.id, r.kind, r.display_name, r.trip, r.service_date::text AS service_date, r.time_zone,
         r.sale_open_at, r.departs_at, r.epoch, r.sale, s.stations, s.names, s.cities,
         s.arrives, s.departs, f.fare_codes, f.froms, f.tos, f.fens
  FROM runs AS r
  CROSS JOIN LATERAL (
    SELECT COALESCE(array_agg(station_id ORDER BY stop_index), '{}') AS stations,
           COALESCE(array_agg(station_name ORDER BY stop_index), '{}') AS names,
           COALESCE(array_agg(city ORDER BY stop_index), '{}') AS cities,
           COALESCE(array_agg((extract(epoch FROM arrives_at) * 1000000)::bigint
                              ORDER BY stop_index), '{}') AS arrives,
           COALESCE(array_agg((extract(epoch FROM departs_at) * 1000000)::bigint
                              ORDER BY stop_index), '{}') AS departs
    FROM run_stops WHERE run_id = r.id) AS s
  CROSS JOIN LATERAL (
    SELECT COALESCE(array_agg(class_code), '{}') AS fare_codes,
           COALESCE(array_agg(from_stop), '{}') AS froms,
           COALESCE(array_agg(to_stop), '{}') AS tos,
           COALESCE(array_agg(fare_minor), '{}') AS fens
    FROM run_fares WHERE run_id = r.id) AS f
  WHERE r.id = ANY($1))sql";

Task<std::vector<OpenedRun>> PostgresOpenedRuns::Load(std::vector<RunId> ids) {
  ASSIGN_OR_CO_RETURN(auto classes, co_await ClassesOf(ids));
  Parameters params = ParametersOf(ids);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kLoadRuns, std::move(params)));
  std::vector<OpenedRun> runs;
  runs.reserve(static_cast<std::size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(OpenedRun run, RunIn(rows.row(i)));
    run.run.classes = std::move(classes[run.run.id.value()]);
    runs.push_back(std::move(run));
  }
  co_return runs;
}

constexpr char kReadClassesOf[] = R"sql(
  SELECT run_id, code, kind, capacity, positions, shares FROM run_classes
  WHERE run_id = ANY($1) ORDER BY run_id, code)sql";

Task<std::map<std::string, std::vector<RunClass>>> PostgresOpenedRuns::ClassesOf(
    std::vector<RunId> ids) {
  Parameters params = ParametersOf(ids);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kReadClassesOf, std::move(params)));
  std::map<std::string, std::vector<RunClass>> classes;
  for (int i = 0; i < rows.rows(); ++i) {
    const Row row = rows.row(i);
    classes[row.Text("run_id")].push_back(RunClassIn(row));
  }
  co_return classes;
}

}  // namespace houbu::slot
