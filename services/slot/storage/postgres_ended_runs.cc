#include "services/slot/storage/postgres_ended_runs.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {

using async::Task;
using postgres::Parameters;

constexpr char kReadEnded[] = R"sql(
  SELECT id, epoch, departs_at FROM runs
  WHERE departs_at <= $1 AND (departs_at, id) > ($2, $3)
  ORDER BY departs_at, id LIMIT $4)sql";

Task<std::vector<EndedRun>> PostgresEndedRuns::Read(EndedRun after, absl::Time departed_by,
                                                    int limit) {
  Parameters params;
  params.Add(departed_by).Add(after.departs_at).Add(after.id.value()).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kReadEnded, std::move(params)));
  std::vector<EndedRun> ended;
  ended.reserve(static_cast<std::size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) {
    const postgres::Row row = rows.row(i);
    EndedRun run;
    run.id = RunId(row.Text("id"));
    run.epoch = row.Int64("epoch");
    run.departs_at = row.Time("departs_at");
    ended.push_back(std::move(run));
  }
  co_return ended;
}

}  // namespace houbu::slot
