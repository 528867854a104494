#include "services/payment/peers/alipay_provider.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "services/payment/peers/alipay_wire.h"

namespace houbu::payment {
namespace {

constexpr absl::Duration kExpiryMin = absl::Seconds(61);

OrderFact Known(OrderFact::State state) {
  OrderFact fact;
  fact.state = state;
  return fact;
}

// An answer of Alipay's that says what it cannot say there.
absl::Status OutOfPlace(const AlipayAnswer& answer) {
  return absl::InternalError(absl::StrCat("alipay: ", answer.code, " ", answer.sub_code));
}

// What does not make sense leaves the outcome unknown.
template <class T>
absl::StatusOr<T> OrOutage(absl::StatusOr<T> read) {
  if (!read.ok()) return absl::UnavailableError(read.status().message());
  return read;
}

}  // namespace

Task<OrderFact> AlipayProvider::Create(OrderRequest request) {
  // Less than a minute is not taken; what arrives after our own time goes back.
  request.expire_time = std::max(request.expire_time, gateway_.Now() + kExpiryMin);
  std::string content = RenderPrecreate(request, gateway_.options().subject);
  ASSIGN_OR_CO_RETURN(const AlipayAnswer answer,
                      co_await gateway_.Ask("alipay.trade.precreate", std::move(content)));
  if (answer.ok()) co_return OrOutage(ReadPrecreated(answer, request));
  if (ErrorOf(answer) != AlipayError::kTradeDecided) co_return OutOfPlace(answer);
  co_return co_await Query(std::move(request.payment));
}

Task<OrderFact> AlipayProvider::Query(PaymentId payment) {
  std::string content = RenderTradeName(payment);
  ASSIGN_OR_CO_RETURN(const AlipayAnswer answer,
                      co_await gateway_.Ask("alipay.trade.query", std::move(content)));
  if (answer.ok()) co_return OrOutage(ReadTrade(answer, payment));
  if (ErrorOf(answer) != AlipayError::kTradeMissing) co_return OutOfPlace(answer);
  co_return Known(OrderFact::State::kMissing);
}

Task<OrderFact> AlipayProvider::Close(PaymentId payment) {
  std::string content = RenderTradeName(payment);
  ASSIGN_OR_CO_RETURN(const AlipayAnswer answer,
                      co_await gateway_.Ask("alipay.trade.close", std::move(content)));
  if (answer.ok()) co_return Known(OrderFact::State::kClosed);
  switch (ErrorOf(answer)) {
    case AlipayError::kTradeMissing:
      co_return Known(OrderFact::State::kMissing);
    case AlipayError::kTradeDecided:
    case AlipayError::kRefundRefused:  // TRADE_HAS_FINISHED: it was paid long ago.
      co_return co_await Query(std::move(payment));
    case AlipayError::kOutage:
    case AlipayError::kBillMissing:
    case AlipayError::kMistake:
      break;
  }
  co_return OutOfPlace(answer);
}

Task<RefundFact> AlipayProvider::Refund(RefundRequest request) {
  std::string content = RenderTradeRefund(request);
  ASSIGN_OR_CO_RETURN(const AlipayAnswer answer,
                      co_await gateway_.Ask("alipay.trade.refund", std::move(content)));
  RefundFact fact;
  fact.merchant_refund = request.merchant_refund;
  fact.provider_refund = NameAtAlipay(request.merchant_refund);
  fact.amount = request.amount;
  if (answer.ok()) {
    const absl::StatusOr<bool> moved = HasMovedMoney(answer, request);
    if (!moved.ok()) co_return absl::UnavailableError(moved.status().message());
    if (*moved) {
      fact.state = RefundFact::State::kSucceeded;
      fact.refund_time = gateway_.Now();
      co_return fact;
    }
  }
  // Done before under this name, or not yet, or refused: only asking tells.
  ASSIGN_OR_CO_RETURN(RefundFact known,
                      co_await QueryRefund(request.payment, request.merchant_refund));
  if (known.state != RefundFact::State::kMissing) co_return known;
  fact.state = answer.ok() ? RefundFact::State::kProcessing : RefundFact::State::kRefused;
  co_return fact;
}

Task<RefundFact> AlipayProvider::QueryRefund(PaymentId payment, std::string merchant_refund) {
  std::string content = RenderRefundName(payment, merchant_refund);
  ASSIGN_OR_CO_RETURN(
      const AlipayAnswer answer,
      co_await gateway_.Ask("alipay.trade.fastpay.refund.query", std::move(content)));
  if (answer.ok()) {
    co_return OrOutage(ReadRefundStatus(answer, payment, merchant_refund, gateway_.Now()));
  }
  if (ErrorOf(answer) != AlipayError::kTradeMissing) co_return OutOfPlace(answer);
  RefundFact missing;
  missing.state = RefundFact::State::kMissing;
  missing.merchant_refund = std::move(merchant_refund);
  co_return missing;
}

}  // namespace houbu::payment
