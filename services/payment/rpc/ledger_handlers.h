/// LedgerService on the wire.
#pragma once

#include "libs/async/task.h"
#include "libs/rpc/call.h"
#include "libs/rpc/seam.h"
#include "services/payment/app/payment_lookup.h"

#include "houbu/payment/v1/payment.grpc.pb.h"

namespace houbu::payment {

/// Serves LedgerService.
class LedgerHandlers final : public v1::LedgerService::CallbackService {
 public:
  /// Answers through `seam`; both outlive the handlers.
  LedgerHandlers(rpc::Seam& seam, PaymentLookup& lookup) : seam_(seam), lookup_(lookup) {}

  grpc::ServerUnaryReactor* GetTrialBalance(grpc::CallbackServerContext* context,
                                            const v1::GetTrialBalanceRequest* request,
                                            v1::TrialBalance* response) override;
  grpc::ServerUnaryReactor* CheckBooks(grpc::CallbackServerContext* context,
                                       const v1::CheckBooksRequest* request,
                                       v1::CheckBooksResponse* response) override;
  grpc::ServerUnaryReactor* GetBooks(grpc::CallbackServerContext* context,
                                     const v1::GetBooksRequest* request,
                                     v1::Books* response) override;

 private:
  Task<v1::CheckBooksResponse> Check(const rpc::Call& call, const v1::CheckBooksRequest& request);
  Task<v1::Books> Show(const rpc::Call& call, const v1::GetBooksRequest& request);
  Task<v1::TrialBalance> Sum(const rpc::Call& call, const v1::GetTrialBalanceRequest& request);

  rpc::Seam& seam_;
  PaymentLookup& lookup_;
};

}  // namespace houbu::payment
