/// The way to Alipay's gateway: requests signed with the merchant's key, answers believed only when
/// Alipay's key signed them.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/base/clock.h"
#include "libs/http/client.h"
#include "libs/secrets/rsa.h"
#include "services/payment/app/ports.h"
#include "services/payment/peers/alipay_answers.h"

namespace houbu::payment {

/// Who the merchant is at Alipay and where the gateway is.
struct AlipayOptions {
  std::string url;                            ///< "https://openapi.alipay.com/gateway.do".
  std::string app_id;                         ///< The application's number.
  std::string seller_id;                      ///< The merchant's own number (PID), "2088...".
  std::string notify_url;                     ///< Where it calls back.
  std::string subject;                        ///< What the payer reads.
  absl::Duration timeout = absl::Seconds(5);  ///< Of one exchange.
};

/// Alipay's public keys; more than one while it changes them.
using AlipayKeys = std::vector<secrets::RsaVerifier>;

/// Whether one of the keys verifies.
bool IsSignedByAlipay(const AlipayKeys& keys, absl::string_view text, absl::string_view sign);

/// Asks the gateway.
class AlipayGateway final {
 public:
  /// Client and clock outlive the gateway.
  AlipayGateway(http::Client& client, const Clock& clock, secrets::RsaSigner signer,
                AlipayKeys keys, AlipayOptions options);

  /// Asks one method, twice where the first try met an outage: every request may be repeated with
  /// the same names. UNAVAILABLE when there is no proven answer or it is an outage,
  /// DEADLINE_EXCEEDED when none came in time (not asked again: its outcome is unknown), INTERNAL
  /// for a mistake of ours; any other answer comes back, ok or not.
  Task<AlipayAnswer> Ask(std::string method, std::string biz_content);

  /// The settings.
  const AlipayOptions& options() const { return options_; }
  /// The time, for what Alipay does not say.
  absl::Time Now() const { return clock_.Now(); }

 private:
  Task<AlipayAnswer> AskOnce(std::string method, std::string biz_content);
  absl::StatusOr<http::Request> Signed(const std::string& method,
                                       const std::string& biz_content) const;
  absl::StatusOr<AlipayAnswer> Proven(const std::string& method, const std::string& body) const;

  http::Client& client_;
  const Clock& clock_;
  secrets::RsaSigner signer_;
  AlipayKeys keys_;
  AlipayOptions options_;
};

}  // namespace houbu::payment
