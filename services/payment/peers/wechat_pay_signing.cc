#include "services/payment/peers/wechat_pay_signing.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"
#include "services/payment/peers/hmac.h"
#include "services/payment/peers/notices.h"

namespace houbu::payment {
namespace {

constexpr absl::string_view kScheme = "WECHATPAY2-SHA256-RSA2048";
constexpr absl::string_view kPublicKeyId = "PUB_KEY_ID_";
constexpr std::size_t kApiV3KeyBytes = 32;
constexpr absl::Duration kFreshness = absl::Minutes(5);

bool IsNonce(absl::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
}

bool ReadSeconds(absl::string_view text, std::int64_t& seconds) {
  return !text.empty() && text.size() <= 12 &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit) &&
         absl::SimpleAtoi(text, &seconds);
}

}  // namespace

WechatPayKeys::WechatPayKeys(std::map<std::string, secrets::RsaVerifier> keys)
    : keys_(std::move(keys)) {}

absl::StatusOr<WechatPayKeys> WechatPayKeys::Load(const std::vector<std::string>& entries) {
  std::map<std::string, secrets::RsaVerifier> keys;
  for (const std::string& entry : entries) {
    const std::size_t equals = entry.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return absl::InvalidArgumentError("a platform key is written serial=path");
    }
    ASSIGN_OR_RETURN(const std::string pem, secrets::LoadSecretFile(entry.substr(equals + 1)));
    ASSIGN_OR_RETURN(secrets::RsaVerifier key, secrets::RsaVerifier::FromPem(pem));
    if (!keys.emplace(entry.substr(0, equals), std::move(key)).second) {
      return absl::InvalidArgumentError("a platform key's serial is there twice");
    }
  }
  if (keys.empty()) return absl::InvalidArgumentError("there is no platform key");
  return WechatPayKeys(std::move(keys));
}

absl::Status WechatPayKeys::Verify(const WechatPaySigned& message, absl::Time now) const {
  std::int64_t seconds = 0;
  if (message.signature.empty() || message.serial.empty() || !IsNonce(message.nonce) ||
      !ReadSeconds(message.timestamp, seconds)) {
    return Refuse(kNoticeUnsigned);
  }
  if (!message.type.empty() && message.type != kScheme) return Refuse(kNoticeForged);
  const auto key = keys_.find(message.serial);
  if (key == keys_.end()) return Refuse(kPlatformKeyUnknown);
  const std::string text =
      absl::StrCat(message.timestamp, "\n", message.nonce, "\n", message.body, "\n");
  if (!key->second.Verifies(text, message.signature)) return Refuse(kNoticeForged);
  if (absl::AbsDuration(now - absl::FromUnixSeconds(seconds)) >= kFreshness) {
    return Refuse(kNoticeStale);
  }
  return absl::OkStatus();
}

std::string WechatPayKeys::PreferredSerial() const {
  for (const auto& [serial, key] : keys_) {
    if (absl::StartsWith(serial, kPublicKeyId)) return serial;
  }
  return "";
}

absl::StatusOr<std::string> LoadApiV3Key(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, secrets::LoadSecretFile(path));
  const absl::string_view key = absl::StripAsciiWhitespace(text);
  if (key.size() != kApiV3KeyBytes) {
    return absl::InvalidArgumentError("an APIv3 key of 32 characters is needed");
  }
  return std::string(key);
}

absl::StatusOr<std::string> WechatPayAuthorization(const secrets::RsaSigner& signer,
                                                   const WechatPayIdentity& identity,
                                                   const WechatPayRequest& request,
                                                   absl::Time now) {
  const std::string timestamp = absl::StrCat(absl::ToUnixSeconds(now));
  const std::string nonce = NewNonce();
  const std::string text = absl::StrCat(request.method, "\n", request.target, "\n", timestamp, "\n",
                                        nonce, "\n", request.body, "\n");
  ASSIGN_OR_RETURN(const std::string signature, signer.Sign(text));
  return absl::StrCat(kScheme, " mchid=\"", identity.mch_id, "\",nonce_str=\"", nonce,
                      "\",timestamp=\"", timestamp, "\",serial_no=\"", identity.serial,
                      "\",signature=\"", signature, "\"");
}

}  // namespace houbu::payment
