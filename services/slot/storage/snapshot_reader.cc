#include "services/slot/storage/snapshot_reader.h"

#include <string>

#include "libs/async/status_macros.h"
#include "services/slot/domain/rules.h"
#include "services/slot/storage/class_rows.h"

namespace houbu::slot {

using async::Task;

Task<postgres::Result> SnapshotReader::Execute(std::string sql) {
  postgres::Parameters params;
  params.Add(run_.value());
  co_return co_await transaction_.Execute(std::move(sql), std::move(params));
}

constexpr char kReadRun[] = R"sql(
  SELECT epoch, sale, (SELECT count(*) FROM run_stops WHERE run_id = $1) AS stops
  FROM runs WHERE id = $1)sql";

Task<RunState> SnapshotReader::Read() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await Execute(kReadRun));
  if (rows.empty()) co_return Refuse(kRunNotFound);
  state_.run = run_.value();
  state_.epoch = rows.row(0).Int64("epoch");
  state_.legs = rows.row(0).Int32("stops") - 1;
  state_.sale = rows.row(0).Text("sale") == "CLOSED" ? Sale::kClosed : Sale::kOpen;
  CO_RETURN_IF_ERROR(co_await ReadClasses());
  CO_RETURN_IF_ERROR(co_await ReadTaken());
  CO_RETURN_IF_ERROR(co_await ReadWaiting());
  CO_RETURN_IF_ERROR(co_await transaction_.Rollback());
  co_return std::move(state_);
}

constexpr char kReadClasses[] = R"sql(
  SELECT code, kind, capacity, positions, shares,
         ARRAY(SELECT count(*) FROM run_units AS u
               WHERE u.run_id = c.run_id AND u.class_code = COALESCE(NULLIF(c.shares, ''), c.code)
               GROUP BY u.coach ORDER BY min(u.unit)) AS coaches
  FROM run_classes AS c WHERE run_id = $1 ORDER BY shares <> '', code)sql";

Task<void> SnapshotReader::ReadClasses() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await Execute(kReadClasses));
  for (int i = 0; i < rows.rows(); ++i) {
    state_.classes.push_back(ClassLayoutIn(rows.row(i)));
  }
  co_return absl::OkStatus();
}

constexpr char kReadTaken[] = R"sql(
  SELECT holder, class_code, from_stop AS first, to_stop AS last, cardinality(travellers) AS party,
         ARRAY(SELECT unit FROM unnest(units) AS unit ORDER BY unit) AS units
  FROM allocations WHERE run_id = $1 ORDER BY holder)sql";

Task<void> SnapshotReader::ReadTaken() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await Execute(kReadTaken));
  for (int i = 0; i < rows.rows(); ++i) {
    const postgres::Row row = rows.row(i);
    TakenPlaces taken;
    taken.token = row.Text("holder");
    taken.kind.class_code = row.Text("class_code");
    taken.kind.legs.from = row.Int32("first");
    taken.kind.legs.to = row.Int32("last");
    taken.kind.party = static_cast<int>(row.Int64("party"));
    for (const std::int64_t unit : row.IntArray("units")) {
      taken.units.push_back(static_cast<int>(unit));
    }
    state_.taken.push_back(std::move(taken));
  }
  co_return absl::OkStatus();
}

constexpr char kReadWaiting[] = R"sql(
  SELECT id, class_code, from_stop, to_stop, effective_at,
         (SELECT count(*) FROM demand_travellers AS t WHERE t.demand_id = d.id) AS party
  FROM demands AS d WHERE run_id = $1 AND state = 'WAITING' ORDER BY effective_at, id)sql";

Task<void> SnapshotReader::ReadWaiting() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await Execute(kReadWaiting));
  for (int i = 0; i < rows.rows(); ++i) {
    const postgres::Row row = rows.row(i);
    WaitingDemand waiting;
    waiting.demand = row.Text("id");
    waiting.kind.class_code = row.Text("class_code");
    waiting.kind.legs.from = row.Int32("from_stop");
    waiting.kind.legs.to = row.Int32("to_stop");
    waiting.kind.party = static_cast<int>(row.Int64("party"));
    waiting.effective_time = row.Time("effective_at");
    state_.waiting.push_back(std::move(waiting));
  }
  co_return absl::OkStatus();
}

}  // namespace houbu::slot
