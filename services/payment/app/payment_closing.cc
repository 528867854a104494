#include "services/payment/app/payment_closing.h"

#include <functional>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/app/races.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {

Task<std::string> PaymentClosing::Close(CloseCommand command, Mutation<Payment> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> known, co_await store_.FindAnswer(mutation.key));
  if (known.has_value()) co_return *std::move(known);

  std::function<Task<Payment>()> attempt = [this, command] { return Intend(command); };
  ASSIGN_OR_CO_RETURN(const Payment intended,
                      co_await async::Retry<Payment>(kRaces, std::move(attempt)));
  if (intended.closing) {
    ASSIGN_OR_CO_RETURN(OrderFact fact, co_await AskToClose(command.id));
    co_return co_await facts_.Answer(command.id, std::move(fact), command.traceparent,
                                     std::move(mutation));
  }
  // Nothing to ask: closed without a provider, or the money is here. Only the answer is stored.
  Commitment commitment;
  commitment.now = clock_.Now();
  commitment.answer = Answer{mutation.key, mutation.render(intended)};
  Change nothing;
  nothing.payment = intended;
  co_return co_await store_.Commit(std::move(nothing), std::move(commitment));
}

Task<Payment> PaymentClosing::Intend(CloseCommand command) {
  ASSIGN_OR_CO_RETURN(Payment payment, co_await store_.Load(command.id));
  if (payment.opener != command.opener) co_return Refuse(kPaymentUnknown);
  Commitment commitment;
  commitment.now = clock_.Now();
  commitment.traceparent = command.traceparent;
  Change change = houbu::payment::Close(std::move(payment), commitment.now);
  if (!change.changed) co_return std::move(change.payment);
  ++change.payment.version;
  Payment after = change.payment;
  CO_RETURN_IF_ERROR(co_await store_.Commit(std::move(change), std::move(commitment)));
  co_return after;
}

Task<Payment> PaymentClosing::CloseAtProvider(PaymentId id) {
  ASSIGN_OR_CO_RETURN(OrderFact fact, co_await AskToClose(id));
  co_return co_await facts_.Apply(id, std::move(fact), std::string());
}

Task<OrderFact> PaymentClosing::AskToClose(PaymentId id) {
  ASSIGN_OR_CO_RETURN(const Payment payment, co_await store_.Load(id));
  const auto provider = providers_.find(payment.channel.value_or(Channel::kSandbox));
  if (provider == providers_.end()) co_return Refuse(kChannelUnknown);
  Provider* const asked = provider->second;
  co_return co_await asked->Close(id);
}

}  // namespace houbu::payment
