#include "services/payment/peers/wechat_pay_bridge.h"

#include <catch2/catch.hpp>

#include "services/payment/peers/wechat_pay_platform.h"

namespace houbu::payment {
namespace {

TEST_CASE("What a page pays by is signed over app, time, nonce and package, anew each time",
          "[payment][peers][wechat_pay]") {
  const TestKeyPair merchant;
  const secrets::RsaSigner signer = merchant.signer();
  const WechatPayBridge bridge(signer, "wx2421b1c4370ec43b");
  const absl::Time now = absl::FromUnixSeconds(1'554'208'460);
  const BridgeCall call = *bridge.Sign("wx201410272009395522657a690389285100", now);
  CHECK(call.app_id == "wx2421b1c4370ec43b");
  CHECK(call.time_stamp == "1554208460");
  CHECK(call.nonce.size() == 32);
  CHECK(call.package == "prepay_id=wx201410272009395522657a690389285100");
  CHECK(call.sign_type == "RSA");
  const std::string text = "wx2421b1c4370ec43b\n1554208460\n" + call.nonce +
                           "\nprepay_id=wx201410272009395522657a690389285100\n";
  CHECK(merchant.verifier().Verifies(text, call.signature));
  CHECK(bridge.Sign("wx201410272009395522657a690389285100", now)->nonce != call.nonce);
}

}  // namespace
}  // namespace houbu::payment
