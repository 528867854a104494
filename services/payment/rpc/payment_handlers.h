/// PaymentService on the wire.
#pragma once

#include "libs/async/task.h"
#include "libs/rpc/call.h"
#include "libs/rpc/seam.h"
#include "services/payment/app/change_quoting.h"
#include "services/payment/app/payer_bridge.h"
#include "services/payment/app/payment_closing.h"
#include "services/payment/app/payment_lookup.h"
#include "services/payment/app/payment_opening.h"
#include "services/payment/app/payment_start.h"
#include "services/payment/app/refunding.h"
#include "services/payment/app/settlement.h"

#include "houbu/payment/v1/payment.grpc.pb.h"

namespace houbu::payment {

/// The use cases the handlers ask.
struct PaymentUseCases {
  PaymentOpening& opening;
  PaymentStart& start;
  PaymentClosing& closing;
  Refunding& refunding;
  ChangeQuoting& change_quoting;
  Settlement& settlement;
  PaymentLookup& lookup;
  const PayerBridge& bridge;
};

/// Serves PaymentService: parse, ask, render.
class PaymentHandlers final : public v1::PaymentService::CallbackService {
 public:
  /// Answers through `seam`; all outlive the handlers.
  PaymentHandlers(rpc::Seam& seam, PaymentUseCases use_cases)
      : seam_(seam), use_cases_(use_cases) {}

  grpc::ServerUnaryReactor* CreatePayment(grpc::CallbackServerContext* context,
                                          const v1::CreatePaymentRequest* request,
                                          v1::Payment* response) override;
  grpc::ServerUnaryReactor* GetPayment(grpc::CallbackServerContext* context,
                                       const v1::GetPaymentRequest* request,
                                       v1::Payment* response) override;
  grpc::ServerUnaryReactor* ListPayments(grpc::CallbackServerContext* context,
                                         const v1::ListPaymentsRequest* request,
                                         v1::ListPaymentsResponse* response) override;
  grpc::ServerUnaryReactor* StartPayment(grpc::CallbackServerContext* context,
                                         const v1::StartPaymentRequest* request,
                                         v1::Payment* response) override;
  grpc::ServerUnaryReactor* CancelPayment(grpc::CallbackServerContext* context,
                                          const v1::CancelPaymentRequest* request,
                                          v1::Payment* response) override;
  grpc::ServerUnaryReactor* RefundPayment(grpc::CallbackServerContext* context,
                                          const v1::RefundPaymentRequest* request,
                                          v1::Refund* response) override;
  grpc::ServerUnaryReactor* SettlePayment(grpc::CallbackServerContext* context,
                                          const v1::SettlePaymentRequest* request,
                                          v1::Payment* response) override;
  grpc::ServerUnaryReactor* QuoteRefund(grpc::CallbackServerContext* context,
                                        const v1::QuoteRefundRequest* request,
                                        v1::RefundQuote* response) override;
  grpc::ServerUnaryReactor* QuoteChange(grpc::CallbackServerContext* context,
                                        const v1::QuoteChangeRequest* request,
                                        v1::ChangeQuote* response) override;
  grpc::ServerUnaryReactor* GetRefundBatch(grpc::CallbackServerContext* context,
                                           const v1::GetRefundBatchRequest* request,
                                           v1::RefundBatch* response) override;
  grpc::ServerUnaryReactor* ListRefunds(grpc::CallbackServerContext* context,
                                        const v1::ListRefundsRequest* request,
                                        v1::ListRefundsResponse* response) override;

 private:
  Task<v1::Payment> Create(const rpc::Call& call, const v1::CreatePaymentRequest& request);
  Task<v1::Payment> Get(const rpc::Call& call, const v1::GetPaymentRequest& request);
  Task<v1::ListPaymentsResponse> List(const rpc::Call& call,
                                      const v1::ListPaymentsRequest& request);
  Task<v1::Payment> Start(const rpc::Call& call, const v1::StartPaymentRequest& request);
  Task<v1::Payment> Cancel(const rpc::Call& call, const v1::CancelPaymentRequest& request);
  Task<v1::Refund> Refund(const rpc::Call& call, const v1::RefundPaymentRequest& request);
  Task<v1::Payment> Settle(const rpc::Call& call, const v1::SettlePaymentRequest& request);
  Task<v1::RefundQuote> Quote(const rpc::Call& call, const v1::QuoteRefundRequest& request);
  Task<v1::ChangeQuote> Change(const rpc::Call& call, const v1::QuoteChangeRequest& request);
  Task<v1::RefundBatch> Batch(const rpc::Call& call, const v1::GetRefundBatchRequest& request);
  Task<v1::ListRefundsResponse> Refunds(const rpc::Call& call,
                                        const v1::ListRefundsRequest& request);
  absl::Status AddBridge(const Payment& payment, v1::Payment& shown) const;

  rpc::Seam& seam_;
  PaymentUseCases use_cases_;
};

}  // namespace houbu::payment
