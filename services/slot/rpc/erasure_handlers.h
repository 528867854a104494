/// How slot is asked and told of accounts that are erased.
#pragma once

#include "libs/base/clock.h"
#include "libs/rpc/seam.h"
#include "services/slot/app/ports_erasure.h"

#include "houbu/account/v1/erasure.grpc.pb.h"

namespace houbu::slot {

/// Answers houbu.account.v1.ErasureBlockerService.
class ErasureBlockerHandlers final : public account::v1::ErasureBlockerService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  ErasureBlockerHandlers(rpc::Seam& seam, AccountTraces& traces) : seam_(seam), traces_(traces) {}

  grpc::ServerUnaryReactor* ListErasureBlockers(
      grpc::CallbackServerContext* context, const account::v1::ListErasureBlockersRequest* request,
      account::v1::ListErasureBlockersResponse* response) override {
    return seam_.Run(context, request, response, this, &ErasureBlockerHandlers::List);
  }

 private:
  Task<account::v1::ListErasureBlockersResponse> List(
      const rpc::Call& call, const account::v1::ListErasureBlockersRequest& request);

  rpc::Seam& seam_;
  AccountTraces& traces_;
};

/// Answers houbu.account.v1.ErasureListenerService.
class ErasureListenerHandlers final : public account::v1::ErasureListenerService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  ErasureListenerHandlers(rpc::Seam& seam, AccountTraces& traces, const Clock& clock)
      : seam_(seam), traces_(traces), clock_(clock) {}

  grpc::ServerUnaryReactor* OnAccountErased(
      grpc::CallbackServerContext* context, const account::v1::OnAccountErasedRequest* request,
      account::v1::OnAccountErasedResponse* response) override {
    return seam_.Run(context, request, response, this, &ErasureListenerHandlers::Hear);
  }

 private:
  Task<account::v1::OnAccountErasedResponse> Hear(
      const rpc::Call& call, const account::v1::OnAccountErasedRequest& request);

  rpc::Seam& seam_;
  AccountTraces& traces_;
  const Clock& clock_;
};

}  // namespace houbu::slot
