/// The signature with which a page inside WeChat asks its payer to pay (JSAPI, mini programs).
#pragma once

#include <string>
#include <utility>

#include "libs/secrets/rsa.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Signs with the merchant's key, RSA with SHA-256 over app id, time, nonce and package, each on a
/// line of its own.
class WechatPayBridge final : public BridgeSigner {
 public:
  /// For pages of this appid; `signer` outlives the bridge.
  WechatPayBridge(const secrets::RsaSigner& signer, std::string app_id)
      : signer_(signer), app_id_(std::move(app_id)) {}

  absl::StatusOr<BridgeCall> Sign(const std::string& prepay_id, absl::Time now) const override;

 private:
  const secrets::RsaSigner& signer_;
  std::string app_id_;
};

}  // namespace houbu::payment
