/// Closing payments: nobody shall pay any more.
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "libs/base/request.h"
#include "services/payment/app/fact_application.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Who closes what.
struct CloseCommand {
  PaymentId id;
  std::string opener;  ///< The calling service.
  std::string traceparent;
};

/// Closes payments. The provider has the last word: when the money was faster, the payment is
/// SUCCEEDED and its opener hears of it, as of any other.
class PaymentClosing final {
 public:
  /// What it works on; all outlive it.
  PaymentClosing(PaymentStore& store, const Clock& clock, Providers providers,
                 FactApplication& facts)
      : store_(store), clock_(clock), providers_(std::move(providers)), facts_(facts) {}

  /// Closes a payment for its opener and gives it as it then is. Refuses kPaymentUnknown; an outage
  /// of the provider comes back as it is, and the intent to close stays.
  Task<std::string> Close(CloseCommand command, Mutation<Payment> mutation);

  /// Asks the provider to close a payment that is marked so, and applies what it says.
  Task<Payment> CloseAtProvider(PaymentId id);

 private:
  Task<OrderFact> AskToClose(PaymentId id);
  Task<Payment> Intend(CloseCommand command);

  PaymentStore& store_;
  const Clock& clock_;
  Providers providers_;
  FactApplication& facts_;
};

}  // namespace houbu::payment
