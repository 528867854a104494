#include "services/slot/storage/postgres_states.h"

#include <cstdint>
#include <iterator>
#include <set>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/slot/storage/class_rows.h"

namespace houbu::slot {
namespace {

using async::Task;
using postgres::Parameters;

/// Reads the states of some runs within one transaction. Used once.
class StatesReader final {
 public:
  StatesReader(postgres::Transaction& transaction, const std::vector<RunId>& runs)
      : transaction_(transaction) {
    for (const RunId& run : runs) names_.push_back(run.value());
  }

  Task<std::vector<RecordedRun>> Read() {
    CO_RETURN_IF_ERROR(co_await ReadRuns());
    CO_RETURN_IF_ERROR(co_await ReadClasses());
    CO_RETURN_IF_ERROR(co_await ReadTaken());
    CO_RETURN_IF_ERROR(co_await ReadWaiting());
    CO_RETURN_IF_ERROR(co_await ReadDebts());
    std::vector<RecordedRun> runs;
    for (auto& [id, run] : runs_) runs.push_back(std::move(run));
    co_return runs;
  }

 private:
  Task<postgres::Result> Execute(std::string sql) {
    Parameters params;
    params.AddTextArray(names_);
    co_return co_await transaction_.Execute(std::move(sql), std::move(params));
  }

  Task<void> ReadRuns();
  Task<void> ReadClasses();
  Task<void> ReadTaken();
  Task<void> ReadWaiting();
  Task<void> ReadDebts();

  postgres::Transaction& transaction_;
  std::vector<std::string> names_;
  std::map<std::string, RecordedRun> runs_;
};

constexpr char kReadRuns[] = R"sql(
  SELECT r.id, r.epoch, r.sale,
         (SELECT count(*) FROM run_stops AS s WHERE s.run_id = r.id) AS stops
  FROM runs AS r WHERE r.id = ANY($1::text[]))sql";

Task<void> StatesReader::ReadRuns() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await Execute(kReadRuns));
  for (int i = 0; i < rows.rows(); ++i) {
    RunState state;
    state.run = rows.row(i).Text("id");
    state.epoch = rows.row(i).Int64("epoch");
    state.legs = static_cast<int>(rows.row(i).Int64("stops")) - 1;
    state.sale = rows.row(i).Text("sale") == "CLOSED" ? Sale::kClosed : Sale::kOpen;
    RecordedRun run;
    run.state = std::move(state);
    runs_.emplace(run.state.run, std::move(run));
  }
  co_return absl::OkStatus();
}

constexpr char kReadClasses[] = R"sql(
  SELECT run_id, code, kind, capacity, positions, shares,
         ARRAY(SELECT count(*) FROM run_units AS u
               WHERE u.run_id = c.run_id AND u.class_code = COALESCE(NULLIF(c.shares, ''), c.code)
               GROUP BY u.coach ORDER BY min(u.unit)) AS coaches
  FROM run_classes AS c WHERE run_id = ANY($1::text[]) ORDER BY run_id, shares <> '', code)sql";

Task<void> StatesReader::ReadClasses() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await Execute(kReadClasses));
  for (int i = 0; i < rows.rows(); ++i) {
    const postgres::Row row = rows.row(i);
    runs_[row.Text("run_id")].state.classes.push_back(ClassLayoutIn(row));
  }
  co_return absl::OkStatus();
}

constexpr char kReadTaken[] = R"sql(
  SELECT run_id, holder, class_code, from_stop AS first, to_stop AS last,
         cardinality(travellers)::bigint AS party,
         ARRAY(SELECT unit FROM unnest(units) AS unit ORDER BY unit) AS units
  FROM allocations WHERE run_id = ANY($1::text[]) ORDER BY run_id, holder)sql";

Task<void> StatesReader::ReadTaken() {
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
    runs_[row.Text("run_id")].state.taken.push_back(std::move(taken));
  }
  co_return absl::OkStatus();
}

constexpr char kReadWaiting[] = R"sql(
  SELECT run_id, id, class_code, from_stop, to_stop, effective_at,
         (SELECT count(*) FROM demand_travellers AS t WHERE t.demand_id = d.id) AS party
  FROM demands AS d WHERE run_id = ANY($1::text[]) AND state = 'WAITING'
  ORDER BY run_id, effective_at, id)sql";

Task<void> StatesReader::ReadWaiting() {
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
    runs_[row.Text("run_id")].state.waiting.push_back(std::move(waiting));
  }
  co_return absl::OkStatus();
}

constexpr char kReadDebts[] =
    "SELECT run_id, id FROM index_debts WHERE run_id = ANY($1::text[]) ORDER BY id";

Task<void> StatesReader::ReadDebts() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await Execute(kReadDebts));
  for (int i = 0; i < rows.rows(); ++i) {
    runs_[rows.row(i).Text("run_id")].debts.push_back(rows.row(i).Int64("id"));
  }
  co_return absl::OkStatus();
}

}  // namespace

// Waits for nobody: whoever commits to several runs at once might wait for this in turn.
constexpr char kTryLock[] = R"sql(
  SELECT run AS id FROM unnest($1::text[]) AS run
  WHERE pg_try_advisory_xact_lock(run_lock(run)))sql";

// Waits for those who claim places by the epoch there was: of one run, so nobody waits in turn.
constexpr char kLock[] = R"sql(
  SELECT run AS id FROM unnest($1::text[]) AS run
  WHERE pg_advisory_xact_lock(run_lock(run)) IS NOT NULL)sql";

constexpr char kRaise[] = R"sql(
  UPDATE runs SET epoch = epoch + 1, dirty = false WHERE id = ANY($1::text[]))sql";

// The rebuild that follows is owed: should it not come about, somebody does it later.
constexpr char kOwe[] = R"sql(
  INSERT INTO index_debts (run_id, created_at)
  SELECT id, $2 FROM runs WHERE id = ANY($1::text[]))sql";

Task<PostgresStates::Raised> PostgresStates::Raise(std::vector<std::string> runs) {
  Parameters wanted;
  wanted.AddTextArray(runs);
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction, co_await pool_.Begin());
  const char* const lock = runs.size() > 1 ? kTryLock : kLock;
  ASSIGN_OR_CO_RETURN(const postgres::Result locked,
                      co_await transaction.Execute(lock, std::move(wanted)));
  Raised raised;
  for (int i = 0; i < locked.rows(); ++i) raised.runs.push_back(locked.row(i).Text("id"));
  Parameters params;
  params.AddTextArray(raised.runs);
  Parameters debts = params;
  debts.Add(clock_.Now());
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kRaise, params));
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kOwe, std::move(debts)));
  ASSIGN_OR_CO_RETURN(const postgres::Result owed,
                      co_await transaction.Execute(kReadDebts, std::move(params)));
  for (int i = 0; i < owed.rows(); ++i) {
    raised.debts[owed.row(i).Text("run_id")].push_back(owed.row(i).Int64("id"));
  }
  CO_RETURN_IF_ERROR(co_await transaction.Commit());
  co_return std::move(raised);
}

Task<std::vector<RecordedRun>> PostgresStates::RaiseAndRead(std::vector<RunId> runs) {
  std::set<std::string> left;
  for (const RunId& run : runs) left.insert(run.value());
  std::map<std::string, std::vector<std::int64_t>> debts;
  std::vector<std::string> page(left.begin(), left.end());
  while (!left.empty()) {
    ASSIGN_OR_CO_RETURN(Raised raised, co_await Raise(std::move(page)));
    for (const std::string& run : raised.runs) left.erase(run);
    debts.merge(raised.debts);
    // Those that somebody commits to are waited for, one by one.
    page.assign(left.begin(), left.empty() ? left.end() : std::next(left.begin()));
  }
  // Read after it was raised: all that was claimed by the epoch before is in it.
  ASSIGN_OR_CO_RETURN(std::vector<RecordedRun> recorded, co_await Read(std::move(runs)));
  for (RecordedRun& run : recorded) run.debts = std::move(debts[run.state.run]);
  co_return std::move(recorded);
}

Task<std::vector<RecordedRun>> PostgresStates::Read(std::vector<RunId> runs) {
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction,
                      co_await pool_.Begin(postgres::Isolation::kRepeatableRead));
  StatesReader reader(transaction, runs);
  ASSIGN_OR_CO_RETURN(std::vector<RecordedRun> recorded, co_await reader.Read());
  CO_RETURN_IF_ERROR(co_await transaction.Rollback());
  co_return std::move(recorded);
}

constexpr char kSettleAll[] = "DELETE FROM index_debts WHERE id = ANY($1::bigint[])";

Task<void> PostgresStates::SettleAll(std::vector<std::int64_t> debts) {
  if (debts.empty()) co_return absl::OkStatus();
  Parameters params;
  params.AddIntArray(debts);
  const auto settled = co_await pool_.Query(kSettleAll, std::move(params));
  co_return settled.status();
}

}  // namespace houbu::slot
