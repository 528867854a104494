/// Refunding: what was paid goes back, whole or less the fee of the policy (W-08, W-13).
#pragma once

#include <optional>
#include <string>

#include "libs/base/clock.h"
#include "libs/base/request.h"
#include "services/payment/app/ports.h"
#include "services/payment/app/viewer.h"
#include "services/payment/domain/fee_policy.h"

namespace houbu::payment {

/// Who refunds what, and why.
struct RefundCommand {
  PaymentId id;
  std::string service;  ///< The calling service.
  RefundReason reason = RefundReason::kCancelled;
  std::optional<FareFacts> facts;  ///< With them the policy's fee is kept.
  std::string batch;               ///< What it is decided together with; "" for nothing.
  std::string traceparent;
};

/// A question about a refund that nobody asked for yet.
struct QuoteQuestion {
  Viewer viewer;
  std::optional<PaymentId> id;  ///< With it the policy in force at its purchase speaks.
  std::string profile;          ///< Else the policy of this id; empty for today's.
  FareFacts facts;              ///< Of a payment, the grace of today is found out here.
};

/// Decides refunds and quotes them.
class Refunding final {
 public:
  /// What it works on; all outlive it.
  Refunding(PaymentStore& store, const Clock& clock, const PolicyBook& policies)
      : store_(store), clock_(clock), policies_(policies) {}

  /// Decides a refund, never of more than is left; it is on its way when this ends. A payment
  /// without money is closed, and what arrives all the same goes back whole; the refund then has
  /// no id. Refuses kPaymentUnknown, kPolicyUnknown, kNotSettledYet, kAboveRest.
  Task<std::string> Refund(RefundCommand command, Mutation<houbu::payment::Refund> mutation);

  /// Says what a refund would give and until when. Refuses kPaymentUnknown, kPolicyUnknown,
  /// kAboveRest, and an unknown profile as a field of the request.
  Task<FeeQuote> Quote(QuoteQuestion question);

 private:
  Task<std::string> Once(RefundCommand command, Mutation<houbu::payment::Refund> mutation);

  Task<FeeQuote> Assess(Payment payment, FareFacts facts);
  Task<Money> ReturnedByHand(PaymentId id);

  PaymentStore& store_;
  const Clock& clock_;
  const PolicyBook& policies_;
};

}  // namespace houbu::payment
