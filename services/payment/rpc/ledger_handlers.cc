#include "services/payment/rpc/ledger_handlers.h"

#include "libs/async/status_macros.h"
#include "services/payment/rpc/render.h"

namespace houbu::payment {

grpc::ServerUnaryReactor* LedgerHandlers::GetTrialBalance(grpc::CallbackServerContext* context,
                                                          const v1::GetTrialBalanceRequest* request,
                                                          v1::TrialBalance* response) {
  return seam_.Run(context, request, response, this, &LedgerHandlers::Sum);
}

Task<v1::TrialBalance> LedgerHandlers::Sum(const rpc::Call&, const v1::GetTrialBalanceRequest&) {
  ASSIGN_OR_CO_RETURN(const TrialSums sums, co_await lookup_.Sums());
  co_return Render(sums);
}

}  // namespace houbu::payment
