/// Facts of providers, whichever way they come: by answer, callback or poll.
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "libs/base/request.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Applies what providers say.
class FactApplication final {
 public:
  /// What it works on; all outlive it.
  FactApplication(PaymentStore& store, const Clock& clock, Providers providers)
      : store_(store), clock_(clock), providers_(std::move(providers)) {}

  /// Applies an order's fact and gives the payment as it then is.
  Task<Payment> Apply(PaymentId id, OrderFact fact, std::string traceparent);

  /// Applies an order's fact, stores the answer of the request that asked, and gives it: that of
  /// whoever stored first, where the same request was made twice at once.
  Task<std::string> Answer(PaymentId id, OrderFact fact, std::string traceparent,
                           Mutation<Payment> mutation);

  /// Applies a refund's fact.
  Task<void> Apply(PaymentId id, RefundFact fact, std::string traceparent);

  /// Takes a callback: keeps it, and applies it. A callback whose amount is not ours is not
  /// believed: the provider is asked. Refuses kNoticeReplayed, kPaymentUnknown, kRefundUnknown.
  Task<void> Take(ProvenNotice notice);

 private:
  struct Applied {
    Payment payment;
    std::string answer;  // "" where nobody asked.
  };

  Task<Applied> ApplyRacing(PaymentId id, OrderFact fact, std::string traceparent,
                            std::optional<Mutation<Payment>> mutation);
  Task<Applied> ApplyOnce(PaymentId id, OrderFact fact, Commitment commitment,
                          std::optional<Mutation<Payment>> mutation);
  Task<std::string> ApplyRefundOnce(PaymentId id, RefundFact fact, Commitment commitment);
  Task<void> TakeOrder(PaymentId id, OrderFact fact);
  Task<void> TakeRefund(PaymentId id, Channel channel, RefundFact fact);

  PaymentStore& store_;
  const Clock& clock_;
  Providers providers_;
};

}  // namespace houbu::payment
