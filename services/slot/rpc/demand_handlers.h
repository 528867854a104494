/// houbu.slot.v1.DemandService.
#pragma once

#include "libs/async/task.h"
#include "libs/rpc/seam.h"
#include "services/slot/app/demand_explanation.h"
#include "services/slot/app/demand_line.h"

#include "houbu/slot/v1/slot.grpc.pb.h"

namespace houbu::slot {

/// Answers for the line.
class DemandHandlers final : public v1::DemandService::CallbackService {
 public:
  /// All must outlive the handlers.
  DemandHandlers(rpc::Seam& seam, DemandLine& line, DemandExplainer& explainer)
      : seam_(seam), line_(line), explainer_(explainer) {}

  grpc::ServerUnaryReactor* QuoteDemand(grpc::CallbackServerContext* context,
                                        const v1::QuoteDemandRequest* request,
                                        v1::DemandQuote* response) override;
  grpc::ServerUnaryReactor* EnlistDemand(grpc::CallbackServerContext* context,
                                         const v1::EnlistDemandRequest* request,
                                         v1::Demand* response) override;
  grpc::ServerUnaryReactor* WithdrawDemand(grpc::CallbackServerContext* context,
                                           const v1::WithdrawDemandRequest* request,
                                           v1::Demand* response) override;
  grpc::ServerUnaryReactor* ExplainDemand(grpc::CallbackServerContext* context,
                                          const v1::ExplainDemandRequest* request,
                                          v1::DemandExplanation* response) override;

 private:
  async::Task<v1::DemandQuote> Quote(const rpc::Call& call, const v1::QuoteDemandRequest& request);
  async::Task<v1::Demand> Enlist(const rpc::Call& call, const v1::EnlistDemandRequest& request);
  async::Task<v1::Demand> Withdraw(const rpc::Call& call, const v1::WithdrawDemandRequest& request);
  async::Task<v1::DemandExplanation> Explain(const rpc::Call& call,
                                             const v1::ExplainDemandRequest& request);

  rpc::Seam& seam_;
  DemandLine& line_;
  DemandExplainer& explainer_;
};

}  // namespace houbu::slot
