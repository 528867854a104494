/// How a page inside a channel's app has its payer pay.
#pragma once

#include <optional>
#include <utility>

#include "absl/status/statusor.h"

#include "libs/base/clock.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Gives payers what their page needs.
class PayerBridge final {
 public:
  /// What it works on; all outlive it.
  PayerBridge(const Clock& clock, BridgeSigners signers)
      : clock_(clock), signers_(std::move(signers)) {}

  /// The call that pays a payment, signed anew; nothing where there is no such way to pay it or it
  /// cannot be paid any more.
  absl::StatusOr<std::optional<BridgeCall>> CallFor(const Payment& payment) const;

 private:
  const Clock& clock_;
  BridgeSigners signers_;
};

}  // namespace houbu::payment
