/// Refund dispatch: refunds that were decided are asked of the provider until it says done (W-14).
#pragma once

#include "libs/base/clock.h"
#include "services/payment/app/fact_application.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Asks providers for refunds that are due.
class RefundDispatch final {
 public:
  /// What it works on; all outlive it.
  RefundDispatch(PaymentStore& store, const Clock& clock, Providers providers,
                 FactApplication& facts)
      : store_(store), clock_(clock), providers_(std::move(providers)), facts_(facts) {}

  /// Asks for what is due, a bounded number; what cannot be asked is postponed, and an outage of
  /// the provider ends the round. Fails with the store only.
  Task<void> Round();

 private:
  Task<void> Ask(RefundId id);
  Task<std::string> Postpone(RefundId id);

  PaymentStore& store_;
  const Clock& clock_;
  Providers providers_;
  FactApplication& facts_;
};

}  // namespace houbu::payment
