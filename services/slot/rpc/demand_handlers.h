/// houbu.slot.v1.DemandService.
#pragma once

#include "libs/async/task.h"
#include "libs/rpc/seam.h"
#include "services/slot/app/demand_line.h"

#include "houbu/slot/v1/slot.grpc.pb.h"

namespace houbu::slot {

/// Answers for the line.
class DemandHandlers final : public v1::DemandService::CallbackService {
 public:
  /// Both must outlive the handlers.
  DemandHandlers(rpc::Seam& seam, DemandLine& line) : seam_(seam), line_(line) {}

  grpc::ServerUnaryReactor* QuoteDemand(grpc::CallbackServerContext* context,
                                        const v1::QuoteDemandRequest* request,
                                        v1::DemandQuote* response) override;
  grpc::ServerUnaryReactor* EnlistDemand(grpc::CallbackServerContext* context,
                                         const v1::EnlistDemandRequest* request,
                                         v1::Demand* response) override;
  grpc::ServerUnaryReactor* WithdrawDemand(grpc::CallbackServerContext* context,
                                           const v1::WithdrawDemandRequest* request,
                                           v1::Demand* response) override;

 private:
  async::Task<v1::DemandQuote> Quote(const rpc::Call& call, const v1::QuoteDemandRequest& request);
  async::Task<v1::Demand> Enlist(const rpc::Call& call, const v1::EnlistDemandRequest& request);
  async::Task<v1::Demand> Withdraw(const rpc::Call& call, const v1::WithdrawDemandRequest& request);

  rpc::Seam& seam_;
  DemandLine& line_;
};

}  // namespace houbu::slot
