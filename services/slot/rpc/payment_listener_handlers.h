/// houbu.payment.v1.PaymentListenerService: slot hears of the payments it opened.
#pragma once

#include "libs/async/task.h"
#include "libs/rpc/seam.h"
#include "services/slot/app/payment_confirmation.h"

#include "houbu/payment/v1/payment.grpc.pb.h"

namespace houbu::slot {

/// Hears of payments.
class PaymentListenerHandlers final : public payment::v1::PaymentListenerService::CallbackService {
 public:
  /// Both must outlive the handlers.
  PaymentListenerHandlers(rpc::Seam& seam, PaymentConfirmation& confirmation)
      : seam_(seam), confirmation_(confirmation) {}

  grpc::ServerUnaryReactor* OnPaymentSucceeded(
      grpc::CallbackServerContext* context, const payment::v1::OnPaymentSucceededRequest* request,
      payment::v1::OnPaymentSucceededResponse* response) override;

 private:
  async::Task<payment::v1::OnPaymentSucceededResponse> Arrived(
      const rpc::Call& call, const payment::v1::OnPaymentSucceededRequest& request);

  rpc::Seam& seam_;
  PaymentConfirmation& confirmation_;
};

}  // namespace houbu::slot
