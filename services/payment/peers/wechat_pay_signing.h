/// The signatures of WeChat Pay (API v3): ours under requests, its own under answers and notices,
/// RSA with SHA-256 over the raw bytes.
///
/// Its keys go by serial: that of a platform certificate, or a PUB_KEY_ID_... While a merchant
/// moves from one to the other both are in use side by side, so the key is always the one the
/// message names.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"
#include "libs/secrets/rsa.h"
#include "services/payment/peers/notices.h"

namespace houbu::payment {

/// A message that names a key we do not know.
inline constexpr Refusal kPlatformKeyUnknown{absl::StatusCode::kUnauthenticated, "KEY_UNKNOWN",
                                             "The message names a key that is not known."};

/// A signed answer or notice.
struct WechatPaySigned {
  std::string timestamp;  ///< Wechatpay-Timestamp: seconds since 1970 UTC.
  std::string nonce;      ///< Wechatpay-Nonce.
  std::string serial;     ///< Wechatpay-Serial.
  std::string signature;  ///< Wechatpay-Signature, base64.
  std::string type;       ///< Wechatpay-Signature-Type; "" is WECHATPAY2-SHA256-RSA2048.
  absl::string_view body;
};

/// WeChat Pay's public keys by serial.
class WechatPayKeys final {
 public:
  /// Knows these.
  explicit WechatPayKeys(std::map<std::string, secrets::RsaVerifier> keys);

  /// Reads "serial=path" entries, the path of a public key or certificate in PEM.
  static absl::StatusOr<WechatPayKeys> Load(const std::vector<std::string>& entries);

  /// Proves a message: kNoticeUnsigned, kPlatformKeyUnknown, kNoticeForged, and kNoticeStale when
  /// its time is five minutes or more from `now`.
  absl::Status Verify(const WechatPaySigned& message, absl::Time now) const;

  /// The serial answers shall be signed with: a PUB_KEY_ID_... where there is one, else "".
  std::string PreferredSerial() const;

 private:
  std::map<std::string, secrets::RsaVerifier> keys_;
};

/// Reads the file of an APIv3 key, white space around it ignored; INVALID_ARGUMENT when that is not
/// 32 characters.
absl::StatusOr<std::string> LoadApiV3Key(const std::string& path);

/// A request to be signed.
struct WechatPayRequest {
  std::string method;
  std::string target;  ///< Path and query.
  std::string body;
};

/// Who signs our requests.
struct WechatPayIdentity {
  std::string mch_id;
  std::string serial;  ///< Of the merchant's certificate, hex.
};

/// Returns the Authorization of a request.
absl::StatusOr<std::string> WechatPayAuthorization(const secrets::RsaSigner& signer,
                                                   const WechatPayIdentity& identity,
                                                   const WechatPayRequest& request, absl::Time now);

}  // namespace houbu::payment
