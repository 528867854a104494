/// Alipay's callbacks: forms, proven by their signature, and ours by application and seller.
#pragma once

#include <string>

#include "libs/base/refusal.h"
#include "services/payment/app/ports.h"
#include "services/payment/peers/alipay_gateway.h"

namespace houbu::payment {

/// A proven callback about another application's or another seller's trade.
inline constexpr Refusal kNoticeForeign{absl::StatusCode::kUnauthenticated, "FOREIGN",
                                        "The callback speaks of another merchant."};

/// Reads Alipay's callbacks. A callback that comes again is sent, and signed, at another time
/// (`notify_time`) under the same `notify_id`; the same of both is a replay.
class AlipayNotices final : public NoticeReader {
 public:
  /// Believes `keys` and takes what is meant for this merchant.
  AlipayNotices(AlipayKeys keys, const AlipayOptions& options)
      : keys_(std::move(keys)), app_id_(options.app_id), seller_id_(options.seller_id) {}

  /// As the port says; UNAUTHENTICATED also with FOREIGN. Money is counted from the amount in it
  /// only when that is the payment's; otherwise Alipay is asked.
  absl::StatusOr<ProvenNotice> Read(const SignedNotice& notice, absl::Time now) const override;

  /// Exactly `success`, or `failure`: with anything but the first it is sent again for a day.
  CallbackAnswer Answer(int status, absl::string_view outcome) const override;

 private:
  AlipayKeys keys_;
  std::string app_id_;
  std::string seller_id_;
};

}  // namespace houbu::payment
