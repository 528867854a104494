#include "services/payment/peers/wechat_pay_bridge.h"

#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"
#include "services/payment/peers/hmac.h"

namespace houbu::payment {

absl::StatusOr<BridgeCall> WechatPayBridge::Sign(const std::string& prepay_id,
                                                 absl::Time now) const {
  BridgeCall call;
  call.app_id = app_id_;
  call.time_stamp = absl::StrCat(absl::ToUnixSeconds(now));
  call.nonce = NewNonce();
  call.package = absl::StrCat("prepay_id=", prepay_id);
  call.sign_type = "RSA";
  const std::string text =
      absl::StrCat(call.app_id, "\n", call.time_stamp, "\n", call.nonce, "\n", call.package, "\n");
  ASSIGN_OR_RETURN(call.signature, signer_.Sign(text));
  return call;
}

}  // namespace houbu::payment
