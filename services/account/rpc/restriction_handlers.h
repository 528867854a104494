/// How restrictions and bans are asked for, and how cancellations are heard of.
#pragma once

#include "libs/rpc/seam.h"
#include "services/account/app/restrictions.h"

#include "houbu/account/v1/restriction.grpc.pb.h"
#include "houbu/slot/v1/cancellation.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.RestrictionService.
class RestrictionHandlers final : public v1::RestrictionService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  RestrictionHandlers(rpc::Seam& seam, Restrictions& restrictions, const Clock& clock)
      : seam_(seam), restrictions_(restrictions), clock_(clock) {}

  grpc::ServerUnaryReactor* ListRestrictions(grpc::CallbackServerContext* context,
                                             const v1::ListRestrictionsRequest* request,
                                             v1::ListRestrictionsResponse* response) override {
    return seam_.Run(context, request, response, this, &RestrictionHandlers::ShowList);
  }
  grpc::ServerUnaryReactor* ImposeRestriction(grpc::CallbackServerContext* context,
                                              const v1::ImposeRestrictionRequest* request,
                                              v1::Restriction* response) override {
    return seam_.Run(context, request, response, this, &RestrictionHandlers::Impose);
  }
  grpc::ServerUnaryReactor* LiftRestriction(grpc::CallbackServerContext* context,
                                            const v1::LiftRestrictionRequest* request,
                                            v1::Restriction* response) override {
    return seam_.Run(context, request, response, this, &RestrictionHandlers::Lift);
  }
  grpc::ServerUnaryReactor* ProposeBan(grpc::CallbackServerContext* context,
                                       const v1::ProposeBanRequest* request,
                                       v1::BanProposal* response) override {
    return seam_.Run(context, request, response, this, &RestrictionHandlers::Propose);
  }
  grpc::ServerUnaryReactor* DecideBan(grpc::CallbackServerContext* context,
                                      const v1::DecideBanRequest* request,
                                      v1::BanProposal* response) override {
    return seam_.Run(context, request, response, this, &RestrictionHandlers::Decide);
  }
  grpc::ServerUnaryReactor* ListBanProposals(grpc::CallbackServerContext* context,
                                             const v1::ListBanProposalsRequest* request,
                                             v1::ListBanProposalsResponse* response) override {
    return seam_.Run(context, request, response, this, &RestrictionHandlers::ShowProposals);
  }

 private:
  Task<v1::ListRestrictionsResponse> ShowList(const rpc::Call& call,
                                              const v1::ListRestrictionsRequest& request);
  Task<v1::Restriction> Impose(const rpc::Call& call, const v1::ImposeRestrictionRequest& request);
  Task<v1::Restriction> Lift(const rpc::Call& call, const v1::LiftRestrictionRequest& request);
  Task<v1::BanProposal> Propose(const rpc::Call& call, const v1::ProposeBanRequest& request);
  Task<v1::BanProposal> Decide(const rpc::Call& call, const v1::DecideBanRequest& request);
  Task<v1::ListBanProposalsResponse> ShowProposals(const rpc::Call& call,
                                                   const v1::ListBanProposalsRequest& request);

  rpc::Seam& seam_;
  Restrictions& restrictions_;
  const Clock& clock_;
};

/// Answers houbu.slot.v1.CancellationListenerService.
class CancellationListenerHandlers final
    : public slot::v1::CancellationListenerService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  CancellationListenerHandlers(rpc::Seam& seam, Restrictions& restrictions)
      : seam_(seam), restrictions_(restrictions) {}

  grpc::ServerUnaryReactor* OnBookingCancelled(
      grpc::CallbackServerContext* context, const slot::v1::OnBookingCancelledRequest* request,
      slot::v1::OnBookingCancelledResponse* response) override {
    return seam_.Run(context, request, response, this, &CancellationListenerHandlers::Hear);
  }

 private:
  Task<slot::v1::OnBookingCancelledResponse> Hear(
      const rpc::Call& call, const slot::v1::OnBookingCancelledRequest& request);

  rpc::Seam& seam_;
  Restrictions& restrictions_;
};

}  // namespace houbu::account
