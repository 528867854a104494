/// Who looks at a payment, and what that lets them see.
#pragma once

#include <string>

#include "absl/status/status.h"

#include "services/payment/domain/payment.h"

namespace houbu::payment {

/// Whoever asks.
struct Viewer {
  enum class Kind { kAccount, kService, kOperator };
  Kind kind = Kind::kAccount;
  std::string name;  ///< "accounts/ac-..." or the service's "slot"; empty for operators.
};

/// OK when `viewer` may see the payment: operators all, accounts their own, services what they
/// opened and any prepayment (whoever is served out of one refunds it later). Else kPaymentUnknown,
/// as for a payment that is not there.
absl::Status CheckVisible(const Payment& payment, const Viewer& viewer);

}  // namespace houbu::payment
