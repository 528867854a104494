#include "services/slot/storage/postgres_inventory.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/postgres/errors.h"
#include "services/slot/domain/rules.h"
#include "services/slot/storage/snapshot_reader.h"
#include "services/slot/storage/unit_adder.h"

namespace houbu::slot {

using async::Task;
using postgres::Parameters;

constexpr char kRaiseEpoch[] = R"sql(
  UPDATE runs SET epoch = GREATEST(epoch, $2, $3) + 1, dirty = false
  WHERE id = $1 AND epoch <= $2
  RETURNING epoch)sql";

// Waits for those who claim places by the epoch there was, and keeps others from coming in between.
constexpr char kLockRun[] = "SELECT pg_advisory_xact_lock(run_lock($1))";

constexpr char kReadEpoch[] = "SELECT epoch FROM runs WHERE id = $1";

// The rebuild that follows is owed too: should it not come about, somebody does it later.
constexpr char kOweRebuild[] = R"sql(
  INSERT INTO index_debts (run_id, created_at)
  SELECT id, $2::timestamptz FROM runs WHERE id = $1)sql";

constexpr char kReadDebts[] = "SELECT id FROM index_debts WHERE run_id = $1";

Task<RaisedEpoch> PostgresInventory::RaiseEpoch(RunId run, std::int64_t used, std::int64_t index) {
  RaisedEpoch raised;
  Parameters name;
  name.Add(run.value());
  Parameters params = name;
  params.Add(used).Add(index);
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction, co_await pool_.Begin());
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kLockRun, name));
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await transaction.Execute(kRaiseEpoch, std::move(params)));
  if (rows.empty()) {
    ASSIGN_OR_CO_RETURN(const postgres::Result now, co_await transaction.Execute(kReadEpoch, name));
    if (now.empty()) co_return Refuse(kRunNotFound);
    raised.epoch = now.row(0).Int64("epoch");
    co_return raised;
  }
  raised.epoch = rows.row(0).Int64("epoch");
  Parameters debt = name;
  debt.Add(clock_.Now());
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kOweRebuild, std::move(debt)));
  ASSIGN_OR_CO_RETURN(const postgres::Result debts, co_await transaction.Execute(kReadDebts, name));
  for (int i = 0; i < debts.rows(); ++i) raised.debts.push_back(debts.row(i).Int64("id"));
  CO_RETURN_IF_ERROR(co_await transaction.Commit());
  co_return raised;
}

Task<RunState> PostgresInventory::ReadState(RunId run) {
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction,
                      co_await pool_.Begin(postgres::Isolation::kRepeatableRead));
  SnapshotReader reader(std::move(transaction), std::move(run));
  co_return co_await reader.Read();
}

Task<void> PostgresInventory::Settle(RunId run, std::vector<std::int64_t> debts) {
  return settlement_.Settle(run.value(), std::move(debts));
}

Task<void> PostgresInventory::MarkDirty(RunId run) {
  Parameters params;
  params.Add(run.value()).Add(clock_.Now());
  const auto owed = co_await pool_.Query(kOweRebuild, std::move(params));
  co_return owed.status();
}

constexpr char kToRebuild[] = R"sql(
  SELECT id FROM runs WHERE dirty
  UNION
  SELECT run_id FROM index_debts WHERE created_at <= $1
  LIMIT $2)sql";

Task<std::vector<RunId>> PostgresInventory::ToRebuild(absl::Time owing_since, int limit) {
  Parameters params;
  params.Add(owing_since).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kToRebuild, std::move(params)));
  std::vector<RunId> runs;
  runs.reserve(static_cast<std::size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) runs.emplace_back(rows.row(i).Text("id"));
  co_return runs;
}

constexpr char kRunsInUse[] = R"sql(
  SELECT id FROM runs
  WHERE id > $1 AND departs_at > $2
    AND (EXISTS (SELECT 1 FROM allocations AS a WHERE a.run_id = runs.id)
         OR EXISTS (SELECT 1 FROM demands AS d WHERE d.run_id = runs.id AND d.state = 'WAITING'))
  ORDER BY id LIMIT $3)sql";

Task<std::vector<RunId>> PostgresInventory::RunsInUse(std::string after, int limit) {
  Parameters params;
  params.Add(after).Add(clock_.Now() - kRunLongest).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kRunsInUse, std::move(params)));
  std::vector<RunId> runs;
  runs.reserve(static_cast<std::size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) runs.emplace_back(rows.row(i).Text("id"));
  co_return runs;
}

// Most hold under their own booking's name, and are found by it.
constexpr char kLiveHolders[] = R"sql(
  SELECT holder FROM allocations WHERE booking_id = ANY($1::text[]) AND holder = booking_id
  UNION
  SELECT holder FROM allocations WHERE holder = ANY($1::text[]) AND holder <> booking_id)sql";

Task<std::set<std::string>> PostgresInventory::LiveHolders(std::vector<std::string> holders) {
  Parameters params;
  params.AddTextArray(holders);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kLiveHolders, std::move(params)));
  std::set<std::string> live;
  for (int i = 0; i < rows.rows(); ++i) live.insert(rows.row(i).Text("holder"));
  co_return live;
}

Task<Added> PostgresInventory::AddUnits(Addition addition, StoredAnswer answer, absl::Time now) {
  const RequestKey key = answer.key;
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work, co_await postgres::UnitOfWork::Begin(pool_, key));
  if (work.answer().has_value()) co_return Refuse(postgres::kRequestRaced);
  UnitAdder adder(std::move(work), std::move(addition), now);
  co_return co_await adder.Add(std::move(answer.bytes));
}

constexpr char kSetSale[] = "UPDATE runs SET sale = $2 WHERE id = $1 RETURNING epoch, cancelled";

constexpr char kOweSale[] =
    "INSERT INTO index_debts (run_id, created_at) VALUES ($1, $2) RETURNING id";

Task<Committed> PostgresInventory::SetSale(SaleChange change, StoredAnswer answer, absl::Time now) {
  const RequestKey key = answer.key;
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work, co_await postgres::UnitOfWork::Begin(pool_, key));
  if (work.answer().has_value()) co_return Refuse(postgres::kRequestRaced);
  Parameters params;
  params.Add(change.run.value());
  Parameters debt = params;
  params.Add(change.sale == Sale::kClosed ? "CLOSED" : "OPEN");
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await work.transaction().Execute(kSetSale, std::move(params)));
  if (rows.empty()) co_return Refuse(kRunNotFound);
  if (rows.row(0).Bool("cancelled") && change.sale == Sale::kOpen) co_return Refuse(kRunCancelled);
  debt.Add(now);
  ASSIGN_OR_CO_RETURN(const postgres::Result owed,
                      co_await work.transaction().Execute(kOweSale, std::move(debt)));
  Committed committed;
  committed.epoch = rows.row(0).Int64("epoch");
  committed.debt = owed.row(0).Int64("id");
  CO_RETURN_IF_ERROR(co_await work.Commit(std::move(answer.bytes), now));
  co_return committed;
}

constexpr char kReadSale[] = "SELECT sale FROM runs WHERE id = $1";

Task<Sale> PostgresInventory::ReadSale(RunId run) {
  Parameters params;
  params.Add(run.value());
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kReadSale, std::move(params)));
  if (rows.empty()) co_return Refuse(kRunNotFound);
  co_return rows.row(0).Text("sale") == "CLOSED" ? Sale::kClosed : Sale::kOpen;
}

}  // namespace houbu::slot
