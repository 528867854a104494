#include "services/payment/app/fact_application.h"

#include <functional>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/app/races.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {

Task<Payment> FactApplication::Apply(PaymentId id, OrderFact fact, std::string traceparent) {
  std::optional<Mutation<Payment>> nobody;
  ASSIGN_OR_CO_RETURN(const Applied applied,
                      co_await ApplyRacing(std::move(id), std::move(fact), std::move(traceparent),
                                           std::move(nobody)));
  co_return applied.payment;
}

Task<std::string> FactApplication::Answer(PaymentId id, OrderFact fact, std::string traceparent,
                                          Mutation<Payment> mutation) {
  std::optional<Mutation<Payment>> asked = std::move(mutation);
  ASSIGN_OR_CO_RETURN(const Applied applied,
                      co_await ApplyRacing(std::move(id), std::move(fact), std::move(traceparent),
                                           std::move(asked)));
  co_return applied.answer;
}

Task<FactApplication::Applied> FactApplication::ApplyRacing(
    PaymentId id, OrderFact fact, std::string traceparent,
    std::optional<Mutation<Payment>> mutation) {
  Commitment commitment;
  commitment.now = clock_.Now();
  commitment.traceparent = std::move(traceparent);
  std::function<Task<Applied>()> attempt = [this, id, fact, commitment, mutation] {
    return ApplyOnce(id, fact, commitment, mutation);
  };
  co_return co_await async::Retry<Applied>(kRaces, std::move(attempt));
}

Task<FactApplication::Applied> FactApplication::ApplyOnce(
    PaymentId id, OrderFact fact, Commitment commitment,
    std::optional<Mutation<Payment>> mutation) {
  ASSIGN_OR_CO_RETURN(Payment payment, co_await store_.Load(id));
  ASSIGN_OR_CO_RETURN(Change change, ApplyProviderFact(std::move(payment), fact, commitment.now));
  if (change.changed) ++change.payment.version;
  Applied applied;
  applied.payment = change.payment;
  if (mutation.has_value()) {
    commitment.answer = houbu::payment::Answer{mutation->key, mutation->render(applied.payment)};
  }
  if (change.changed || commitment.answer.has_value()) {
    ASSIGN_OR_CO_RETURN(applied.answer,
                        co_await store_.Commit(std::move(change), std::move(commitment)));
  }
  co_return applied;
}

Task<void> FactApplication::Apply(PaymentId id, RefundFact fact, std::string traceparent) {
  Commitment commitment;
  commitment.now = clock_.Now();
  commitment.traceparent = std::move(traceparent);
  std::function<Task<std::string>()> attempt = [this, id, fact, commitment] {
    return ApplyRefundOnce(id, fact, commitment);
  };
  CO_RETURN_IF_ERROR(co_await async::Retry<std::string>(kRaces, std::move(attempt)));
  co_return absl::OkStatus();
}

Task<std::string> FactApplication::ApplyRefundOnce(PaymentId id, RefundFact fact,
                                                   Commitment commitment) {
  const std::optional<RefundId> refund_id = RefundNamedBy(fact.merchant_refund);
  if (!refund_id.has_value()) co_return Refuse(kRefundUnknown);
  // The payment first: its version guards the refund too.
  ASSIGN_OR_CO_RETURN(Payment payment, co_await store_.Load(id));
  ASSIGN_OR_CO_RETURN(Refund refund, co_await store_.LoadRefund(*refund_id));
  if (!(refund.payment == id)) co_return Refuse(kRefundUnknown);
  ASSIGN_OR_CO_RETURN(Change change, ApplyProviderFact(std::move(payment), std::move(refund), fact,
                                                       commitment.now));
  if (!change.changed) co_return std::string();
  ++change.payment.version;
  co_return co_await store_.Commit(std::move(change), std::move(commitment));
}

Task<void> FactApplication::Take(ProvenNotice notice) {
  CO_RETURN_IF_ERROR(co_await store_.KeepNotice(notice.raw));
  const Channel channel = notice.raw.channel;
  if (notice.order.has_value()) {
    notice.order->channel = channel;
    co_return co_await TakeOrder(notice.payment, *std::move(notice.order));
  }
  if (notice.refund.has_value()) {
    co_return co_await TakeRefund(notice.payment, channel, *std::move(notice.refund));
  }
  co_return absl::OkStatus();
}

Task<void> FactApplication::TakeOrder(PaymentId id, OrderFact fact) {
  ASSIGN_OR_CO_RETURN(const Payment payment, co_await store_.Load(id));
  const std::optional<Channel> channel = fact.channel;
  const auto provider = providers_.find(*channel);
  if (!(fact.amount == payment.amount) && provider != providers_.end()) {
    Provider* const asked = provider->second;
    ASSIGN_OR_CO_RETURN(fact, co_await asked->Query(id));
    fact.channel = channel;
  }
  CO_RETURN_IF_ERROR(co_await Apply(id, std::move(fact), std::string()));
  co_return absl::OkStatus();
}

Task<void> FactApplication::TakeRefund(PaymentId id, Channel channel, RefundFact fact) {
  const std::string merchant_refund = fact.merchant_refund;
  const absl::Status applied = co_await Apply(id, std::move(fact), std::string());
  if (applied.ok() || ReasonOf(applied) != absl::string_view(kFactMismatch.reason)) {
    co_return applied;
  }
  const auto provider = providers_.find(channel);
  if (provider == providers_.end()) co_return applied;
  Provider* const asked = provider->second;
  ASSIGN_OR_CO_RETURN(RefundFact confirmed, co_await asked->QueryRefund(id, merchant_refund));
  co_return co_await Apply(id, std::move(confirmed), std::string());
}

}  // namespace houbu::payment
