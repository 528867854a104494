/// ProposalService on the wire.
#pragma once

#include "libs/async/task.h"
#include "libs/rpc/call.h"
#include "libs/rpc/seam.h"
#include "services/payment/app/proposals.h"

#include "houbu/payment/v1/reconciliation.grpc.pb.h"

namespace houbu::payment {

/// Serves ProposalService.
class ProposalHandlers final : public v1::ProposalService::CallbackService {
 public:
  /// Answers through `seam`; both outlive the handlers.
  ProposalHandlers(rpc::Seam& seam, Proposals& proposals) : seam_(seam), proposals_(proposals) {}

  grpc::ServerUnaryReactor* ProposeClosing(grpc::CallbackServerContext* context,
                                           const v1::ProposeClosingRequest* request,
                                           v1::Proposal* response) override;
  grpc::ServerUnaryReactor* ProposeRefund(grpc::CallbackServerContext* context,
                                          const v1::ProposeRefundRequest* request,
                                          v1::Proposal* response) override;
  grpc::ServerUnaryReactor* DecideProposal(grpc::CallbackServerContext* context,
                                           const v1::DecideProposalRequest* request,
                                           v1::Proposal* response) override;
  grpc::ServerUnaryReactor* GetProposal(grpc::CallbackServerContext* context,
                                        const v1::GetProposalRequest* request,
                                        v1::Proposal* response) override;
  grpc::ServerUnaryReactor* ListProposals(grpc::CallbackServerContext* context,
                                          const v1::ListProposalsRequest* request,
                                          v1::ListProposalsResponse* response) override;

 private:
  Task<v1::Proposal> Close(const rpc::Call& call, const v1::ProposeClosingRequest& request);
  Task<v1::Proposal> Refund(const rpc::Call& call, const v1::ProposeRefundRequest& request);
  Task<v1::Proposal> Decide(const rpc::Call& call, const v1::DecideProposalRequest& request);
  Task<v1::Proposal> Get(const rpc::Call& call, const v1::GetProposalRequest& request);
  Task<v1::ListProposalsResponse> List(const rpc::Call& call,
                                       const v1::ListProposalsRequest& request);

  rpc::Seam& seam_;
  Proposals& proposals_;
};

}  // namespace houbu::payment
