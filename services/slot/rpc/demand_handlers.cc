#include "services/slot/rpc/demand_handlers.h"

#include <string>
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/rpc/wire.h"
#include "services/slot/rpc/parse.h"
#include "services/slot/rpc/render.h"

namespace houbu::slot {
namespace {

using async::Task;

Mutation<Demand> AnswerWithDemand(const rpc::Call& call) {
  Mutation<Demand> mutation;
  mutation.key = call.request_key;
  mutation.render = RenderDemandBytes;
  return mutation;
}

}  // namespace

grpc::ServerUnaryReactor* DemandHandlers::QuoteDemand(grpc::CallbackServerContext* context,
                                                      const v1::QuoteDemandRequest* request,
                                                      v1::DemandQuote* response) {
  return seam_.Run(context, request, response, this, &DemandHandlers::Quote);
}

grpc::ServerUnaryReactor* DemandHandlers::EnlistDemand(grpc::CallbackServerContext* context,
                                                       const v1::EnlistDemandRequest* request,
                                                       v1::Demand* response) {
  return seam_.Run(context, request, response, this, &DemandHandlers::Enlist);
}

grpc::ServerUnaryReactor* DemandHandlers::WithdrawDemand(grpc::CallbackServerContext* context,
                                                         const v1::WithdrawDemandRequest* request,
                                                         v1::Demand* response) {
  return seam_.Run(context, request, response, this, &DemandHandlers::Withdraw);
}

grpc::ServerUnaryReactor* DemandHandlers::ExplainDemand(grpc::CallbackServerContext* context,
                                                        const v1::ExplainDemandRequest* request,
                                                        v1::DemandExplanation* response) {
  return seam_.Run(context, request, response, this, &DemandHandlers::Explain);
}

Task<v1::DemandQuote> DemandHandlers::Quote(const rpc::Call&,
                                            const v1::QuoteDemandRequest& request) {
  Violations violations;
  DemandWish wish = ParseDemandSpec(violations, request.has_spec(), request.spec());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const DemandQuote quote, co_await line_.Quote(std::move(wish)));
  co_return Render(quote);
}

Task<v1::Demand> DemandHandlers::Enlist(const rpc::Call& call,
                                        const v1::EnlistDemandRequest& request) {
  Violations violations;
  Enlistment enlistment = ParseEnlistment(violations, request);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  enlistment.origin = OriginOf(call);
  Mutation<Demand> mutation = AnswerWithDemand(call);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await line_.Enlist(std::move(enlistment), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Demand>(answer);
}

Task<v1::Demand> DemandHandlers::Withdraw(const rpc::Call& call,
                                          const v1::WithdrawDemandRequest& request) {
  Violations violations;
  DemandId id = ParseDemandName(violations, "name", request.name());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Demand> mutation = AnswerWithDemand(call);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await line_.Withdraw(std::move(id), OriginOf(call), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Demand>(answer);
}

Task<v1::DemandExplanation> DemandHandlers::Explain(const rpc::Call&,
                                                    const v1::ExplainDemandRequest& request) {
  Violations violations;
  DemandId id = ParseDemandName(violations, "name", request.name());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const DemandExplanation explanation,
                      co_await explainer_.Explain(std::move(id)));
  co_return Render(explanation);
}

}  // namespace houbu::slot
