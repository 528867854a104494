#include "services/payment/storage/postgres_account_traces.h"

#include <array>
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/postgres/unit_of_work.h"

namespace houbu::payment {

// A prepayment is settled once its fare is known, or all of it is on its way back.
constexpr char kListLive[] = R"sql(
  SELECT 'payments/' || id AS name, false AS is_refund FROM payments
  WHERE account = $1
    AND (state IN ('CREATED', 'PENDING')
         OR (product = 'PREPAYMENT' AND fare IS NULL AND captured > returned + fees))
  UNION ALL
  SELECT 'payments/' || p.id || '/refunds/' || r.id, true
  FROM payments p JOIN refunds r ON r.payment = p.id
  WHERE p.account = $1 AND r.state <> 'SUCCEEDED'
  ORDER BY name LIMIT $2)sql";

Task<std::vector<LiveThing>> PostgresAccountTraces::ListLive(std::string account, int limit) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kListLive, std::move(parameters)));
  std::vector<LiveThing> things;
  for (int i = 0; i < result.rows(); ++i) {
    const postgres::Row row = result.row(i);
    things.push_back({row.Text("name"), row.Bool("is_refund")});
  }
  co_return things;
}

constexpr std::array<const char*, 2> kForget = {
    "UPDATE payments SET payer = '' WHERE account = $1 AND payer <> ''",
    "DELETE FROM request_answers WHERE caller = $1"};

Task<void> PostgresAccountTraces::Forget(std::string account, RequestKey key, std::string answer,
                                         absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work, co_await postgres::UnitOfWork::Begin(pool_, key));
  if (work.answer().has_value()) {
    co_return absl::OkStatus();
  }
  for (const char* const statement : kForget) {
    postgres::Parameters parameters;
    parameters.Add(account);
    CO_RETURN_IF_ERROR(co_await work.transaction().Execute(statement, std::move(parameters)));
  }
  co_return co_await work.Commit(std::move(answer), now);
}

}  // namespace houbu::payment
