#include "services/payment/domain/payment.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"

namespace houbu::payment {

absl::string_view NameOf(Channel channel) {
  switch (channel) {
    case Channel::kSandbox:
      return "sandbox";
    case Channel::kWechatPay:
      return "wechat_pay";
    case Channel::kAlipay:
      return "alipay";
  }
  return "";
}

std::optional<Channel> ChannelNamed(absl::string_view name) {
  for (const Channel channel : {Channel::kSandbox, Channel::kWechatPay, Channel::kAlipay}) {
    if (name == NameOf(channel)) return channel;
  }
  return std::nullopt;
}

std::string NameOf(const PaymentId& id) { return absl::StrCat("payments/", id.value()); }

bool HasPlaceToPay(const Payment& payment) {
  return !payment.code_url.empty() || !payment.prepay_id.empty();
}

absl::StatusOr<Money> Left(const Payment& payment) {
  ASSIGN_OR_RETURN(const Money kept, Subtract(payment.captured, payment.returned));
  return Subtract(kept, payment.fees);
}

bool IsUnsettledPrepayment(const Payment& payment) {
  return payment.product == Product::kPrepayment && !payment.fare.has_value();
}

std::optional<absl::Duration> LookPause(int looks) {
  switch (looks) {
    case 0:
      return absl::Minutes(1);
    case 1:
      return absl::Minutes(10);
    case 2:
      return absl::Hours(1);
    case 3:
      return absl::Hours(24);
    default:
      return std::nullopt;
  }
}

absl::Duration InquiryPause(int tries) {
  const int doublings = std::clamp(tries, 0, 6);
  return std::min(absl::Seconds(15) * (1 << doublings), absl::Minutes(10));
}

}  // namespace houbu::payment
