#include "services/payment/app/payment_opening.h"

#include <functional>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/app/races.h"

namespace houbu::payment {

Task<std::string> PaymentOpening::Open(OpenCommand command, Mutation<Payment> mutation) {
  std::function<Task<std::string>()> attempt = [this, command, mutation] {
    return Once(command, mutation);
  };
  co_return co_await async::Retry<std::string>(kRaces, std::move(attempt));
}

Task<std::string> PaymentOpening::Once(OpenCommand command, Mutation<Payment> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> known, co_await store_.FindAnswer(mutation.key));
  if (known.has_value()) co_return *std::move(known);

  const absl::Time now = clock_.Now();
  Payment payment;
  payment.id = command.id;
  payment.opener = command.opener;
  payment.order = command.order;
  payment.account = command.account;
  payment.product = command.product;
  payment.amount = command.amount;
  payment.policy = policies_.InForceAt(now).id;
  payment.create_time = now;
  payment.expire_time = command.expire_time;
  payment.captured = Money{0, command.amount.currency};
  payment.returned = payment.captured;
  payment.fees = payment.captured;
  payment.version = 1;

  Commitment commitment;
  commitment.now = now;
  commitment.traceparent = command.traceparent;
  commitment.answer = Answer{mutation.key, mutation.render(payment)};
  co_return co_await store_.Insert(std::move(payment), std::move(commitment));
}

}  // namespace houbu::payment
