/// How waitlist hears of payments and of places that were found.
#pragma once

#include "libs/rpc/seam.h"
#include "services/waitlist/app/order_life.h"

#include "houbu/payment/v1/payment.grpc.pb.h"
#include "houbu/slot/v1/slot.grpc.pb.h"

namespace houbu::waitlist {

/// Answers houbu.payment.v1.PaymentListenerService.
class PaymentListenerHandlers final : public payment::v1::PaymentListenerService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  PaymentListenerHandlers(rpc::Seam& seam, OrderLife& life) : seam_(seam), life_(life) {}

  grpc::ServerUnaryReactor* OnPaymentSucceeded(
      grpc::CallbackServerContext* context, const payment::v1::OnPaymentSucceededRequest* request,
      payment::v1::OnPaymentSucceededResponse* response) override {
    return seam_.Run(context, request, response, this, &PaymentListenerHandlers::Hear);
  }

 private:
  Task<payment::v1::OnPaymentSucceededResponse> Hear(
      const rpc::Call& call, const payment::v1::OnPaymentSucceededRequest& request);

  rpc::Seam& seam_;
  OrderLife& life_;
};

/// Answers houbu.slot.v1.MatchListenerService.
class MatchListenerHandlers final : public slot::v1::MatchListenerService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  MatchListenerHandlers(rpc::Seam& seam, OrderLife& life) : seam_(seam), life_(life) {}

  grpc::ServerUnaryReactor* OnMatch(grpc::CallbackServerContext* context,
                                    const slot::v1::OnMatchRequest* request,
                                    slot::v1::OnMatchResponse* response) override {
    return seam_.Run(context, request, response, this, &MatchListenerHandlers::HearMatch);
  }
  grpc::ServerUnaryReactor* OnDemandFailed(grpc::CallbackServerContext* context,
                                           const slot::v1::OnDemandFailedRequest* request,
                                           slot::v1::OnDemandFailedResponse* response) override {
    return seam_.Run(context, request, response, this, &MatchListenerHandlers::HearFailure);
  }

 private:
  Task<slot::v1::OnMatchResponse> HearMatch(const rpc::Call& call,
                                            const slot::v1::OnMatchRequest& request);
  Task<slot::v1::OnDemandFailedResponse> HearFailure(
      const rpc::Call& call, const slot::v1::OnDemandFailedRequest& request);

  rpc::Seam& seam_;
  OrderLife& life_;
};

}  // namespace houbu::waitlist
