/// Inquiry: callbacks get lost, so providers are asked about payments that stay open, and told to
/// close those nobody shall pay any more.
#pragma once

#include "libs/base/clock.h"
#include "services/payment/app/fact_application.h"
#include "services/payment/app/payment_closing.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Asks providers about payments that are due.
class Inquiry final {
 public:
  /// What it works on; all outlive it.
  Inquiry(PaymentStore& store, const Clock& clock, Providers providers, FactApplication& facts,
          PaymentClosing& closing)
      : store_(store),
        clock_(clock),
        providers_(std::move(providers)),
        facts_(facts),
        closing_(closing) {}

  /// Asks about what is due, a bounded number; what cannot be asked is postponed, and an outage of
  /// the provider ends the round. Fails with the store only.
  Task<void> Round();

 private:
  Task<void> Ask(PaymentId id);
  Task<Payment> Postpone(PaymentId id);
  Task<Payment> CloseExpired(PaymentId id);

  PaymentStore& store_;
  const Clock& clock_;
  Providers providers_;
  FactApplication& facts_;
  PaymentClosing& closing_;
};

}  // namespace houbu::payment
