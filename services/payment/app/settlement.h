/// Settlement: a waitlist order was served, so the fare is kept out of its prepayment and the
/// difference goes back, exactly once (W-07).
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "libs/base/request.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Who settles what.
struct SettleCommand {
  PaymentId id;
  std::string opener;  ///< The calling service.
  Money fare;
  std::string order;  ///< What the fare pays for: "bookings/bk-...".
  std::string traceparent;
};

/// Settles prepayments.
class Settlement final {
 public:
  /// What it works on; all outlive it.
  Settlement(PaymentStore& store, const Clock& clock) : store_(store), clock_(clock) {}

  /// Settles a prepayment; the same settlement again changes nothing. Refuses kPaymentUnknown and
  /// what Settle refuses.
  Task<std::string> Settle(SettleCommand command, Mutation<Payment> mutation);

 private:
  Task<std::string> Once(SettleCommand command, Mutation<Payment> mutation);

  PaymentStore& store_;
  const Clock& clock_;
};

}  // namespace houbu::payment
