#include "services/slot/storage/postgres_windows.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"

namespace houbu::slot {
namespace {

using async::Task;
using postgres::Parameters;

std::vector<RunId> IdsOf(const postgres::Result& rows) {
  std::vector<RunId> ids;
  ids.reserve(static_cast<std::size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) ids.emplace_back(rows.row(i).Text("id"));
  return ids;
}

Parameters ParametersOf(const WindowQuery& query) {
  Parameters params;
  params.Add(query.station).Add(query.class_code).Add(FormatCivilDay(query.day));
  return params;
}

}  // namespace

constexpr char kWindowsOf[] = R"sql(
  SELECT r.id
  FROM runs AS r
  JOIN run_stops AS s ON s.run_id = r.id AND s.stop_index = 0
  JOIN run_classes AS c ON c.run_id = r.id AND c.code = $2
  WHERE r.kind = 'WINDOW' AND r.service_date = $3::text::date
    AND (s.station_id = $1 OR s.station_name = $1)
  ORDER BY r.departs_at, r.id)sql";

Task<std::vector<RunId>> PostgresWindows::Of(WindowQuery query) {
  Parameters params = ParametersOf(query);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kWindowsOf, std::move(params)));
  co_return IdsOf(rows);
}

// Half of the limit for the asked station, the nearest days first, and half for the others, the
// nearest station first by the great circle.
constexpr char kWindowsNear[] = R"sql(
  WITH here AS (
    SELECT lat, lon FROM stations WHERE id = $1 OR name = $1 ORDER BY id = $1 DESC LIMIT 1
  ), found AS (
    SELECT r.id, r.departs_at, s.station_id, abs(r.service_date - $3::text::date) AS days,
           (s.station_id = $1 OR s.station_name = $1) AS same,
           asin(sqrt(LEAST(1, power(sin(radians(t.lat - h.lat) / 2), 2)
                     + cos(radians(h.lat)) * cos(radians(t.lat))
                       * power(sin(radians(t.lon - h.lon) / 2), 2)))) AS distance
    FROM runs AS r
    JOIN run_stops AS s ON s.run_id = r.id AND s.stop_index = 0
    JOIN run_classes AS c ON c.run_id = r.id AND c.code = $2
    LEFT JOIN stations AS t ON t.id = s.station_id
    LEFT JOIN here AS h ON true
    WHERE r.kind = 'WINDOW' AND r.departs_at > $4
      AND r.service_date BETWEEN $3::text::date - 31 AND $3::text::date + 31
      AND NOT (r.service_date = $3::text::date AND (s.station_id = $1 OR s.station_name = $1))
  ), ranked AS (
    SELECT id, same, row_number() OVER (
             PARTITION BY same
             ORDER BY CASE WHEN same THEN 0 ELSE distance END NULLS LAST,
                      CASE WHEN same THEN '' ELSE station_id END, days, departs_at, id) AS rank
    FROM found
  )
  SELECT id FROM ranked WHERE rank <= GREATEST($5 / 2, 1) ORDER BY same DESC, rank)sql";

Task<std::vector<RunId>> PostgresWindows::Near(WindowQuery query, absl::Time now, int limit) {
  Parameters params = ParametersOf(query);
  params.Add(now).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kWindowsNear, std::move(params)));
  co_return IdsOf(rows);
}

}  // namespace houbu::slot
