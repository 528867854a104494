#include "services/payment/app/refund_dispatch.h"

#include <functional>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/app/races.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {
namespace {

constexpr int kRoundMax = 50;

}  // namespace

Task<void> RefundDispatch::Round() {
  ASSIGN_OR_CO_RETURN(const std::vector<RefundId> due,
                      co_await store_.DueRefunds(clock_.Now(), kRoundMax));
  for (const RefundId& id : due) {
    const absl::Status asked = co_await Ask(id);
    if (asked.ok()) continue;
    std::function<Task<std::string>()> attempt = [this, id] { return Postpone(id); };
    CO_RETURN_IF_ERROR(co_await async::Retry<std::string>(kRaces, std::move(attempt)));
    // The next round goes on: a provider that hangs must not keep this one.
    if (async::IsRetryable(asked) || absl::IsDeadlineExceeded(asked)) break;
  }
  co_return absl::OkStatus();
}

Task<void> RefundDispatch::Ask(RefundId id) {
  ASSIGN_OR_CO_RETURN(const Refund refund, co_await store_.LoadRefund(id));
  if (refund.state != RefundState::kPending) co_return absl::OkStatus();
  const auto provider = providers_.find(refund.channel);
  if (provider == providers_.end()) co_return Refuse(kChannelUnknown);
  Provider* const asked = provider->second;
  if (refund.asked) {
    ASSIGN_OR_CO_RETURN(RefundFact answer,
                        co_await asked->QueryRefund(refund.payment, MerchantRefund(refund)));
    co_return co_await facts_.Apply(refund.payment, std::move(answer), std::string());
  }
  ASSIGN_OR_CO_RETURN(const Payment payment, co_await store_.Load(refund.payment));
  RefundRequest request;
  request.merchant_refund = MerchantRefund(refund);
  request.payment = refund.payment;
  request.amount = refund.amount;
  request.total = payment.amount;
  ASSIGN_OR_CO_RETURN(RefundFact answer, co_await asked->Refund(std::move(request)));
  co_return co_await facts_.Apply(refund.payment, std::move(answer), std::string());
}

Task<std::string> RefundDispatch::Postpone(RefundId id) {
  ASSIGN_OR_CO_RETURN(const Refund before, co_await store_.LoadRefund(id));
  ASSIGN_OR_CO_RETURN(Payment payment, co_await store_.Load(before.payment));
  ASSIGN_OR_CO_RETURN(Refund refund, co_await store_.LoadRefund(id));
  if (refund.state != RefundState::kPending) co_return std::string();
  Commitment commitment;
  commitment.now = clock_.Now();
  Change change = PostponeRefund(std::move(payment), std::move(refund), commitment.now);
  ++change.payment.version;
  co_return co_await store_.Commit(std::move(change), std::move(commitment));
}

}  // namespace houbu::payment
