/// How travel readiness is asked for.
#pragma once

#include "libs/rpc/seam.h"
#include "services/account/app/travel_readiness.h"

#include "houbu/account/v1/readiness.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.ReadinessService.
class ReadinessHandlers final : public v1::ReadinessService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  ReadinessHandlers(rpc::Seam& seam, TravelReadiness& readiness)
      : seam_(seam), readiness_(readiness) {}

  grpc::ServerUnaryReactor* CheckTravelReadiness(
      grpc::CallbackServerContext* context, const v1::CheckTravelReadinessRequest* request,
      v1::CheckTravelReadinessResponse* response) override {
    return seam_.Run(context, request, response, this, &ReadinessHandlers::Check);
  }
  grpc::ServerUnaryReactor* CompareTravelPolicy(
      grpc::CallbackServerContext* context, const v1::CompareTravelPolicyRequest* request,
      v1::CompareTravelPolicyResponse* response) override {
    return seam_.Run(context, request, response, this, &ReadinessHandlers::Compare);
  }

 private:
  Task<v1::CheckTravelReadinessResponse> Check(const rpc::Call& call,
                                               const v1::CheckTravelReadinessRequest& request);
  Task<v1::CompareTravelPolicyResponse> Compare(const rpc::Call& call,
                                                const v1::CompareTravelPolicyRequest& request);

  rpc::Seam& seam_;
  TravelReadiness& readiness_;
};

}  // namespace houbu::account
