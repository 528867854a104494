#include "services/payment/app/settlement.h"

#include <functional>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/app/races.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {

Task<std::string> Settlement::Settle(SettleCommand command, Mutation<Payment> mutation) {
  std::function<Task<std::string>()> attempt = [this, command, mutation] {
    return Once(command, mutation);
  };
  co_return co_await async::Retry<std::string>(kRaces, std::move(attempt));
}

Task<std::string> Settlement::Once(SettleCommand command, Mutation<Payment> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> known, co_await store_.FindAnswer(mutation.key));
  if (known.has_value()) co_return *std::move(known);
  ASSIGN_OR_CO_RETURN(Payment payment, co_await store_.Load(command.id));
  if (payment.opener != command.opener) co_return Refuse(kPaymentUnknown);

  Commitment commitment;
  commitment.now = clock_.Now();
  commitment.traceparent = command.traceparent;
  ASSIGN_OR_CO_RETURN(Change change, houbu::payment::Settle(std::move(payment), command.fare,
                                                            command.order, commitment.now));
  if (change.changed) ++change.payment.version;
  commitment.answer = Answer{mutation.key, mutation.render(change.payment)};
  co_return co_await store_.Commit(std::move(change), std::move(commitment));
}

}  // namespace houbu::payment
