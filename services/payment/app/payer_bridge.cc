#include "services/payment/app/payer_bridge.h"

#include "libs/base/status_macros.h"

namespace houbu::payment {

absl::StatusOr<std::optional<BridgeCall>> PayerBridge::CallFor(const Payment& payment) const {
  const absl::Time now = clock_.Now();
  if (payment.prepay_id.empty() || payment.state != PaymentState::kPending || payment.closing ||
      now >= payment.expire_time) {
    return std::nullopt;
  }
  const auto signer = signers_.find(*payment.channel);
  if (signer == signers_.end()) return std::nullopt;
  ASSIGN_OR_RETURN(BridgeCall call, signer->second->Sign(payment.prepay_id, now));
  return call;
}

}  // namespace houbu::payment
