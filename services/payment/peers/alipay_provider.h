/// Alipay (支付宝) with a code to scan: orders and refunds over its gateway.
///
/// A trade exists at Alipay once somebody scanned the code; before that it is asked about and
/// closed in vain. An order is closed, never cancelled: cancelling would give money back behind the
/// ledger's back.
#pragma once

#include <string>

#include "services/payment/app/ports.h"
#include "services/payment/peers/alipay_gateway.h"

namespace houbu::payment {

/// Takes and gives back money through Alipay.
class AlipayProvider final : public Provider {
 public:
  /// The gateway outlives the provider.
  explicit AlipayProvider(AlipayGateway& gateway) : gateway_(gateway) {}

  Task<OrderFact> Create(OrderRequest request) override;
  Task<OrderFact> Query(PaymentId payment) override;
  Task<OrderFact> Close(PaymentId payment) override;
  Task<RefundFact> Refund(RefundRequest request) override;
  Task<RefundFact> QueryRefund(PaymentId payment, std::string merchant_refund) override;

 private:
  AlipayGateway& gateway_;
};

}  // namespace houbu::payment
