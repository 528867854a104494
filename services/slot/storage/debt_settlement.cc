#include "services/slot/storage/debt_settlement.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/postgres/pipeline.h"

namespace houbu::slot {
namespace {

using async::Task;
using postgres::Parameters;

constexpr char kDoNotWait[] = "SET LOCAL synchronous_commit = off";

constexpr char kStrikeOut[] = R"sql(
  DELETE FROM index_debts USING unnest($1::text[], $2::bigint[]) AS paid(run_id, id)
  WHERE index_debts.id = paid.id AND index_debts.run_id = paid.run_id)sql";

postgres::GroupCommitOptions OneLane() {
  postgres::GroupCommitOptions options;
  options.lanes = 1;
  return options;
}

}  // namespace

DebtSettlement::DebtSettlement(postgres::Pool& pool)
    : settling_(pool.executor(), OneLane(),
                [&pool](std::vector<Paid> paid) { return StrikeOut(pool, std::move(paid)); }) {}

Task<void> DebtSettlement::Settle(std::string run, std::vector<std::int64_t> debts) {
  if (debts.empty()) co_return absl::OkStatus();
  Paid paid;
  paid.run = std::move(run);
  paid.debts = std::move(debts);
  const auto noted = co_await settling_.Submit(std::move(paid));
  co_return noted.status();
}

Task<DebtSettlement::Settling::Answers> DebtSettlement::StrikeOut(postgres::Pool& pool,
                                                                  std::vector<Paid> paid) {
  std::vector<std::string> runs;
  std::vector<std::int64_t> debts;
  for (const Paid& one : paid) {
    runs.insert(runs.end(), one.debts.size(), one.run);
    debts.insert(debts.end(), one.debts.begin(), one.debts.end());
  }
  Parameters params;
  params.AddTextArray(runs).AddIntArray(debts);
  ASSIGN_OR_CO_RETURN(postgres::Pipeline pipeline, co_await pool.BeginPipeline());
  pipeline.Add(kDoNotWait);
  pipeline.Add(kStrikeOut, std::move(params));
  CO_RETURN_IF_ERROR(co_await pipeline.Commit());
  co_return Settling::Answers(paid.size(), Noted());
}

}  // namespace houbu::slot
