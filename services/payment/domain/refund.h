/// Refunds: money on its way back by the channel it came (W-14).
///
/// A refund is decided once and then asked of the provider until it says done. A provider that
/// fails one is asked anew under a new name (generation), a few times; then somebody must look.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"

#include "libs/base/id.h"
#include "libs/base/money.h"
#include "services/payment/domain/payment.h"

namespace houbu::payment {

/// Names refunds: "rf-...".
struct RefundTag {
  static constexpr char kPrefix[] = "rf";
};
/// The id of a refund; follows from its payment and its number.
using RefundId = Id<RefundTag>;

/// Where a refund stands.
enum class RefundState { kPending, kSucceeded, kFailed };

/// A refund.
struct Refund {
  RefundId id;  ///< Empty when nothing goes back.
  PaymentId payment;
  int number = 0;  ///< Counted from 1 within the payment.
  Channel channel = Channel::kSandbox;
  Money amount;
  Money fee;  ///< What was kept when it was decided.
  RefundReason reason = RefundReason::kCancelled;
  std::string batch;  ///< What it was decided together with, "runs/rn-..."; mostly empty.
  RefundState state = RefundState::kPending;
  absl::Time create_time;
  std::optional<absl::Time> refund_time;  ///< When the provider gave it back.

  int generation = 1;                ///< Grows when the provider failed it and it is asked anew.
  bool asked = false;                ///< Whether the provider knows this generation.
  std::string provider_refund;       ///< The provider's own name.
  std::optional<absl::Time> ask_at;  ///< When the provider is asked next; nothing when done.
  int tries = 0;                     ///< How often this generation was asked in vain.
};

/// How often a refund the provider failed is asked for anew before it counts as stuck.
inline constexpr int kRefundGenerationsMax = 5;

/// The name the provider knows this generation by: "rf-...", then "rf-...-2".
std::string MerchantRefund(const Refund& refund);

/// The refund's id in the name a provider was given; nothing when the name is not one of ours.
std::optional<RefundId> RefundNamedBy(absl::string_view merchant_refund);

/// "payments/py-.../refunds/rf-..."; empty when nothing goes back.
std::string NameOf(const Refund& refund);

/// How long to wait before asking for the `tries`-th time again: doubles from 2 s to 10 min.
absl::Duration RefundPause(int tries);

}  // namespace houbu::payment
