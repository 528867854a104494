#include "services/payment/app/inquiry.h"

#include <functional>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/app/races.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {
namespace {

constexpr int kRoundMax = 50;

// How long after its expiry an unpaid payment is closed by ourselves; its opener usually is first.
constexpr absl::Duration kExpiryGrace = absl::Minutes(2);

}  // namespace

Task<void> Inquiry::Round() {
  ASSIGN_OR_CO_RETURN(const std::vector<PaymentId> due,
                      co_await store_.DueInquiries(clock_.Now(), kRoundMax));
  for (const PaymentId& id : due) {
    const absl::Status asked = co_await Ask(id);
    if (asked.ok()) continue;
    std::function<Task<Payment>()> attempt = [this, id] { return Postpone(id); };
    CO_RETURN_IF_ERROR(co_await async::Retry<Payment>(kRaces, std::move(attempt)));
    // The next round goes on: a provider that hangs must not keep this one.
    if (async::IsRetryable(asked) || absl::IsDeadlineExceeded(asked)) break;
  }
  co_return absl::OkStatus();
}

Task<void> Inquiry::Ask(PaymentId id) {
  ASSIGN_OR_CO_RETURN(Payment payment, co_await store_.Load(id));
  const bool pending = payment.state == PaymentState::kPending;
  if (pending && !payment.closing && clock_.Now() >= payment.expire_time + kExpiryGrace) {
    std::function<Task<Payment>()> attempt = [this, id] { return CloseExpired(id); };
    ASSIGN_OR_CO_RETURN(payment, co_await async::Retry<Payment>(kRaces, std::move(attempt)));
  }
  if (payment.closing) {
    CO_RETURN_IF_ERROR(co_await closing_.CloseAtProvider(id));
    co_return absl::OkStatus();
  }
  if (!payment.inquire_at.has_value()) co_return absl::OkStatus();
  const auto provider = providers_.find(payment.channel.value_or(Channel::kSandbox));
  if (provider == providers_.end()) co_return Refuse(kChannelUnknown);
  Provider* const asked = provider->second;
  ASSIGN_OR_CO_RETURN(OrderFact fact, co_await asked->Query(id));
  ASSIGN_OR_CO_RETURN(const Payment after,
                      co_await facts_.Apply(id, std::move(fact), std::string()));
  if (after.state != PaymentState::kPending || after.closing) co_return absl::OkStatus();
  std::function<Task<Payment>()> attempt = [this, id] { return Postpone(id); };
  CO_RETURN_IF_ERROR(co_await async::Retry<Payment>(kRaces, std::move(attempt)));
  co_return absl::OkStatus();
}

Task<Payment> Inquiry::Postpone(PaymentId id) {
  ASSIGN_OR_CO_RETURN(Payment payment, co_await store_.Load(id));
  if (!payment.inquire_at.has_value()) co_return payment;
  Commitment commitment;
  commitment.now = clock_.Now();
  Change change = PostponeInquiry(std::move(payment), commitment.now);
  ++change.payment.version;
  Payment after = change.payment;
  CO_RETURN_IF_ERROR(co_await store_.Commit(std::move(change), std::move(commitment)));
  co_return after;
}

Task<Payment> Inquiry::CloseExpired(PaymentId id) {
  ASSIGN_OR_CO_RETURN(Payment payment, co_await store_.Load(id));
  Commitment commitment;
  commitment.now = clock_.Now();
  Change change = Close(std::move(payment), commitment.now);
  if (!change.changed) co_return std::move(change.payment);
  ++change.payment.version;
  Payment after = change.payment;
  CO_RETURN_IF_ERROR(co_await store_.Commit(std::move(change), std::move(commitment)));
  co_return after;
}

}  // namespace houbu::payment
