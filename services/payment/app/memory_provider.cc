#include "services/payment/app/memory_provider.h"

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {
namespace {

absl::Status Away() { return absl::UnavailableError("the provider is away"); }

}  // namespace

Task<OrderFact> MemoryProvider::Create(OrderRequest request) {
  if (away) co_return Away();
  ++creations;
  OrderFact fact;
  fact.provider_order = absl::StrCat("po-", request.payment.value());
  if (request.payer_openid.empty()) {
    fact.code_url = absl::StrCat("https://pay.example/", request.payment.value());
  } else {
    fact.prepay_id = absl::StrCat("prepay-", request.payment.value());
  }
  fact.amount = request.amount;
  OrderFact known = orders_.emplace(request.payment.value(), fact).first->second;
  const auto payer = payers_.emplace(request.payment.value(), request.payer_openid).first;
  if (loses_answers) co_return Away();
  if (payer->second != request.payer_openid) {
    known.code_url.clear();
    known.prepay_id.clear();
  }
  co_return known;
}

Task<OrderFact> MemoryProvider::Query(PaymentId payment) {
  if (away) co_return Away();
  const auto found = orders_.find(payment.value());
  if (found != orders_.end()) co_return found->second;
  OrderFact missing;
  missing.state = OrderFact::State::kMissing;
  co_return missing;
}

Task<OrderFact> MemoryProvider::Close(PaymentId payment) {
  if (away) co_return Away();
  const auto found = orders_.find(payment.value());
  if (found != orders_.end() && found->second.state == OrderFact::State::kOpen) {
    found->second.state = OrderFact::State::kClosed;
  }
  if (loses_answers) co_return Away();
  co_return co_await Query(payment);
}

OrderFact MemoryProvider::Pay(const PaymentId& payment, absl::Time at,
                              std::optional<Money> amount) {
  OrderFact& order = orders_[payment.value()];
  if (order.state != OrderFact::State::kPaid) {
    order.state = OrderFact::State::kPaid;
    order.amount = amount.value_or(order.amount);
    order.pay_time = at;
    paid += order.amount.minor_units;
  }
  return order;
}

absl::Status MemoryProvider::Admit() {
  ++refund_requests;
  if (away) return Away();
  if (refund_requests_left == 0) return Refuse(kProviderBusy);
  --refund_requests_left;
  return absl::OkStatus();
}

Task<RefundFact> MemoryProvider::Refund(RefundRequest request) {
  CO_RETURN_IF_ERROR(Admit());
  RefundFact fact;
  fact.merchant_refund = request.merchant_refund;
  fact.provider_refund = absl::StrCat("pr-", request.merchant_refund);
  fact.amount = request.amount;
  const auto known = refunds_.find(request.merchant_refund);
  if (known != refunds_.end()) {
    fact = known->second;
  } else {
    const auto order = orders_.find(request.payment.value());
    std::int64_t& refunded_of = refunded_of_[request.payment.value()];
    if (order == orders_.end() || order->second.state != OrderFact::State::kPaid ||
        refunded_of + request.amount.minor_units > order->second.amount.minor_units) {
      fact.state = RefundFact::State::kRefused;
      co_return fact;
    }
    refunded_of += request.amount.minor_units;
    refunds_[request.merchant_refund] = fact;
    order_of_[request.merchant_refund] = request.payment.value();
  }
  if (loses_answers) co_return Away();
  co_return fact;
}

Task<RefundFact> MemoryProvider::QueryRefund(PaymentId, std::string merchant_refund) {
  CO_RETURN_IF_ERROR(Admit());
  const auto found = refunds_.find(merchant_refund);
  if (found != refunds_.end()) co_return found->second;
  RefundFact missing;
  missing.state = RefundFact::State::kMissing;
  missing.merchant_refund = merchant_refund;
  co_return missing;
}

std::int64_t MemoryProvider::TakenFor(const std::string& payment) const {
  const auto order = orders_.find(payment);
  const bool is_paid = order != orders_.end() && order->second.state == OrderFact::State::kPaid;
  return is_paid ? order->second.amount.minor_units : 0;
}

std::int64_t MemoryProvider::GivenBackFor(const std::string& payment) const {
  std::int64_t sum = 0;
  for (const auto& [name, refund] : refunds_) {
    if (order_of_.at(name) != payment) continue;
    if (refund.state == RefundFact::State::kSucceeded) sum += refund.amount.minor_units;
  }
  return sum;
}

RefundFact MemoryProvider::EndRefund(const std::string& merchant_refund, bool succeeded,
                                     absl::Time at) {
  RefundFact& refund = refunds_[merchant_refund];
  if (refund.state != RefundFact::State::kProcessing) return refund;
  if (succeeded) {
    refund.state = RefundFact::State::kSucceeded;
    refund.refund_time = at;
    refunded += refund.amount.minor_units;
  } else {
    refund.state = RefundFact::State::kFailed;
    refunded_of_[order_of_[merchant_refund]] -= refund.amount.minor_units;
  }
  return refund;
}

}  // namespace houbu::payment
