/// WeChat Pay's notices: proven by their signature over the raw body before anything in them is
/// read, then unsealed with the key both sides know.
#pragma once

#include <string>
#include <utility>

#include "libs/base/refusal.h"
#include "services/payment/app/ports.h"
#include "services/payment/peers/notices.h"
#include "services/payment/peers/wechat_pay_signing.h"
#include "services/payment/peers/wechat_pay_wire.h"

namespace houbu::payment {

/// A proven notice whose content our APIv3 key does not open.
inline constexpr Refusal kNoticeSealed{absl::StatusCode::kInvalidArgument, "SEALED",
                                       "The callback's content cannot be opened."};

/// Reads WeChat Pay's notices.
class WechatPayNotices final : public NoticeReader {
 public:
  /// Knows them by `keys`, which outlive it, opens them by `api_v3_key`, 32 bytes, and takes those
  /// for `merchant` only.
  WechatPayNotices(const WechatPayKeys& keys, std::string api_v3_key, WechatPayMerchant merchant)
      : keys_(keys), api_v3_key_(std::move(api_v3_key)), merchant_(std::move(merchant)) {}

  absl::StatusOr<ProvenNotice> Read(const SignedNotice& notice, absl::Time now) const override;
  /// {"code": "SUCCESS"} or {"code": "FAIL", "message": outcome}.
  CallbackAnswer Answer(int status, absl::string_view outcome) const override;

 private:
  absl::StatusOr<ProvenNotice> Understand(const SealedNotice& sealed,
                                          const std::string& content) const;

  const WechatPayKeys& keys_;
  std::string api_v3_key_;
  WechatPayMerchant merchant_;
};

}  // namespace houbu::payment
