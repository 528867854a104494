/// Alipay as a part of the payment service: its settings, and what they become.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"
#include "libs/process/process.h"
#include "libs/secrets/rsa.h"
#include "services/payment/channel_parts.h"
#include "services/payment/peers/alipay_bills.h"
#include "services/payment/peers/alipay_notices.h"
#include "services/payment/peers/alipay_provider.h"

namespace houbu::payment {

/// The settings of Alipay. Without an app_id there is no such channel.
struct AlipayConfig {
  AlipayOptions options;
  std::string private_key_file;
  std::string public_key_file;
  std::string next_public_key_file;
  int refund_rate_max = 20;

  /// Binds alipay.*.
  void Bind(process::Binder& binder) {
    options.url = "https://openapi.alipay.com/gateway.do";
    options.subject = "票务预约订单";
    binder.Optional("alipay.app_id", &options.app_id,
                    "Our application at Alipay; without it the channel is not offered.");
    binder.Optional("alipay.seller_id", &options.seller_id, "Our merchant number (PID), 2088...");
    binder.OptionalFile("alipay.private_key_file", &private_key_file,
                        "The application's private key, PEM.");
    binder.OptionalFile("alipay.public_key_file", &public_key_file,
                        "Alipay's public key for the application, PEM.");
    binder.OptionalFile("alipay.next_public_key_file", &next_public_key_file,
                        "The public key Alipay changes to, believed beside the other.");
    binder.Optional("alipay.notify_url", &options.notify_url,
                    "Where it is told to call back: .../callbacks/alipay.");
    binder.Optional("alipay.url", &options.url, "Alipay's gateway.");
    binder.Optional("alipay.subject", &options.subject, "What payers are shown.");
    binder.Optional("alipay.timeout", &options.timeout, "How long one exchange may take.");
    binder.Optional("alipay.refund_rate_max", &refund_rate_max, "Requests about refunds a second.");
  }

  /// Tells whether the channel is offered.
  bool IsOffered() const { return !options.app_id.empty(); }
};

/// Reads Alipay's public keys; INVALID_ARGUMENT.
inline absl::StatusOr<AlipayKeys> LoadAlipayKeys(const AlipayConfig& config) {
  AlipayKeys keys;
  const std::pair<const char*, const std::string*> files[] = {
      {"alipay.public_key_file", &config.public_key_file},
      {"alipay.next_public_key_file", &config.next_public_key_file},
  };
  for (const auto& [setting, path] : files) {
    if (path->empty()) continue;
    ASSIGN_OR_RETURN(secrets::RsaVerifier key, LoadRsaKey<secrets::RsaVerifier>(setting, *path));
    keys.push_back(std::move(key));
  }
  return keys;
}

/// Builds the channel. INVALID_ARGUMENT, for the operator, when a setting is missing or a key is
/// none.
inline absl::StatusOr<ChannelParts> BuildAlipay(process::Parts& parts, process::Environment& env,
                                                const AlipayConfig& config) {
  const NeededSettings needed = {
      {"seller_id", config.options.seller_id.empty()},
      {"private_key_file", config.private_key_file.empty()},
      {"public_key_file", config.public_key_file.empty()},
      {"notify_url", config.options.notify_url.empty()},
  };
  RETURN_IF_ERROR(CheckWhole("alipay", needed));
  ASSIGN_OR_RETURN(
      secrets::RsaSigner signer,
      LoadRsaKey<secrets::RsaSigner>("alipay.private_key_file", config.private_key_file));
  ASSIGN_OR_RETURN(AlipayKeys keys, LoadAlipayKeys(config));
  ChannelParts channel;
  channel.refund_rate_max = config.refund_rate_max;
  channel.reader = &parts.Own<AlipayNotices>(keys, config.options);
  auto& gateway = parts.Own<AlipayGateway>(OwnClient(parts), env.clock(), std::move(signer),
                                           std::move(keys), config.options);
  channel.provider = &parts.Own<AlipayProvider>(gateway);
  channel.bills = &parts.Own<AlipayBills>(gateway, OwnBillClient(parts, env), env.workers());
  return channel;
}

}  // namespace houbu::payment
