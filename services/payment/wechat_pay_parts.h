/// WeChat Pay as a part of the payment service: its settings, and what they become.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"
#include "libs/process/process.h"
#include "services/payment/channel_parts.h"
#include "services/payment/peers/wechat_pay_bills.h"
#include "services/payment/peers/wechat_pay_bridge.h"
#include "services/payment/peers/wechat_pay_notices.h"
#include "services/payment/peers/wechat_pay_provider.h"

namespace houbu::payment {

/// How much payers are shown at most.
inline constexpr std::size_t kDescriptionBytesMax = 127;

/// The settings of WeChat Pay. Without an app_id there is no such channel.
struct WechatPayConfig {
  WechatPayOptions options;
  std::string merchant_key_file;
  std::string api_v3_key_file;
  std::vector<std::string> platform_keys;
  /// It takes 5,000 a minute of orders older than a month, more of younger ones.
  int refund_rate_max = 80;

  /// Binds wechat_pay.*.
  void Bind(process::Binder& binder) {
    options.url = "https://api.mch.weixin.qq.com";
    options.description = "火车票";
    binder.Optional("wechat_pay.app_id", &options.merchant.app_id,
                    "Our appid at WeChat Pay; without it the channel is not offered.");
    binder.Optional("wechat_pay.mch_id", &options.merchant.mch_id, "Our merchant number.");
    binder.Optional("wechat_pay.merchant_serial", &options.merchant_serial,
                    "The serial number of our certificate, hex.");
    binder.OptionalFile("wechat_pay.merchant_key_file", &merchant_key_file,
                        "The private key of our certificate, PEM.");
    binder.OptionalFile("wechat_pay.api_v3_key_file", &api_v3_key_file,
                        "The APIv3 key, 32 characters.");
    binder.Optional("wechat_pay.platform_keys", &platform_keys,
                    "Its public keys as serial=path, of PEM certificates or public keys.");
    binder.Optional("wechat_pay.notify_url", &options.notify_url,
                    "Where it is told to call back: .../callbacks/wechat_pay.");
    binder.Optional("wechat_pay.url", &options.url, "Where WeChat Pay is, no slash at the end.");
    binder.Optional("wechat_pay.description", &options.description, "What payers are shown.");
    binder.Optional("wechat_pay.timeout", &options.timeout, "How long one exchange may take.");
    binder.Optional("wechat_pay.refund_rate_max", &refund_rate_max,
                    "Requests about refunds a second.");
  }

  /// Tells whether the channel is offered.
  bool IsOffered() const { return !options.merchant.app_id.empty(); }
};

/// Refuses settings that describe the channel by halves.
inline absl::Status CheckWechatPay(const WechatPayConfig& config) {
  const NeededSettings needed = {
      {"mch_id", config.options.merchant.mch_id.empty()},
      {"merchant_serial", config.options.merchant_serial.empty()},
      {"merchant_key_file", config.merchant_key_file.empty()},
      {"api_v3_key_file", config.api_v3_key_file.empty()},
      {"platform_keys", config.platform_keys.empty()},
      {"notify_url", config.options.notify_url.empty()},
  };
  RETURN_IF_ERROR(CheckWhole("wechat_pay", needed));
  const std::size_t size = config.options.description.size();
  if (size == 0 || size > kDescriptionBytesMax) {
    return absl::InvalidArgumentError("wechat_pay.description is 1 to 127 bytes");
  }
  return absl::OkStatus();
}

/// Builds the channel. INVALID_ARGUMENT, for the operator, when a setting is missing or a key is
/// none.
inline absl::StatusOr<ChannelParts> BuildWechatPay(process::Parts& parts, process::Environment& env,
                                                   const WechatPayConfig& config) {
  RETURN_IF_ERROR(CheckWechatPay(config));
  ASSIGN_OR_RETURN(
      secrets::RsaSigner signer,
      LoadRsaKey<secrets::RsaSigner>("wechat_pay.merchant_key_file", config.merchant_key_file));
  ASSIGN_OR_RETURN(WechatPayKeys loaded, WithSetting("wechat_pay.platform_keys",
                                                     WechatPayKeys::Load(config.platform_keys)));
  ASSIGN_OR_RETURN(const std::string api_v3_key,
                   WithSetting("wechat_pay.api_v3_key_file", LoadApiV3Key(config.api_v3_key_file)));
  const auto& signing = parts.Own<secrets::RsaSigner>(std::move(signer));
  const auto& keys = parts.Own<WechatPayKeys>(std::move(loaded));
  ChannelParts channel;
  channel.refund_rate_max = config.refund_rate_max;
  auto& provider = parts.Own<WechatPayProvider>(OwnClient(parts), OwnBillClient(parts, env),
                                                env.clock(), signing, keys, config.options);
  channel.provider = &provider;
  channel.bills = &parts.Own<WechatPayBills>(provider);
  channel.reader = &parts.Own<WechatPayNotices>(keys, api_v3_key, config.options.merchant);
  channel.bridge = &parts.Own<WechatPayBridge>(signing, config.options.merchant.app_id);
  return channel;
}

}  // namespace houbu::payment
