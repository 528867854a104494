#include "services/payment/storage/decisions.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/domain/refusals.h"
#include "services/payment/storage/reconciliation_rows.h"

namespace houbu::payment {
namespace {

// Nothing of what was proposed changes with the decision.
constexpr char kDecide[] = R"sql(
    UPDATE proposals SET state = $12, checker = $13, comment = $14, decide_time = $15
    WHERE id = $1 AND state = 'OPEN' AND kind = $2 AND payment IS NOT DISTINCT FROM $3
      AND closes IS NOT DISTINCT FROM $4 AND debit = $5 AND credit = $6 AND currency = $7
      AND amount = $8 AND reason = $9 AND maker = $10 AND create_time = $11)sql";

}  // namespace

async::Task<postgres::UnitOfWork> Decide(postgres::UnitOfWork work, Proposal decided) {
  postgres::Parameters params = WriteProposal(decided);
  ASSIGN_OR_CO_RETURN(const postgres::Result updated,
                      co_await work.transaction().Execute(kDecide, std::move(params)));
  if (updated.affected() == 0) co_return Refuse(kProposalDecided);
  co_return work;
}

}  // namespace houbu::payment
