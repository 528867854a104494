/// Quoting changes: what another train would cost, before anything is done.
#pragma once

#include <optional>
#include <string>

#include "libs/base/clock.h"
#include "services/payment/app/ports.h"
#include "services/payment/app/viewer.h"
#include "services/payment/domain/change_fee.h"

namespace houbu::payment {

/// A question about a change that nobody asked for yet.
struct ChangeQuestion {
  Viewer viewer;
  std::optional<PaymentId> id;  ///< With it the policy in force at its purchase speaks.
  std::string profile;          ///< Else the policy of this id; empty for today's.
  ChangeFacts facts;
};

/// Quotes changes.
class ChangeQuoting final {
 public:
  /// What it works on; all outlive it.
  ChangeQuoting(PaymentStore& store, const Clock& clock, const PolicyBook& policies)
      : store_(store), clock_(clock), policies_(policies) {}

  /// Says what a change would cost, what would come back and until when. Refuses kPaymentUnknown,
  /// kPolicyUnknown, kAboveRest, and an unknown profile as a field of the request.
  Task<ChangeQuote> Quote(ChangeQuestion question);

 private:
  PaymentStore& store_;
  const Clock& clock_;
  const PolicyBook& policies_;
};

}  // namespace houbu::payment
