#include "services/payment/domain/refund.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace houbu::payment {

std::string MerchantRefund(const Refund& refund) {
  if (refund.generation == 1) return refund.id.value();
  return absl::StrCat(refund.id.value(), "-", refund.generation);
}

std::optional<RefundId> RefundNamedBy(absl::string_view merchant_refund) {
  const std::vector<std::string> parts = absl::StrSplit(merchant_refund, '-');
  if (parts.size() < 2 || parts[0] != RefundTag::kPrefix || parts[1].empty()) return std::nullopt;
  return RefundId(absl::StrCat(parts[0], "-", parts[1]));
}

std::string NameOf(const Refund& refund) {
  if (refund.id.empty()) return "";
  return absl::StrCat(NameOf(refund.payment), "/refunds/", refund.id.value());
}

absl::Duration RefundPause(int tries) {
  const int doublings = std::clamp(tries, 0, 9);
  return std::min(absl::Seconds(2) * (1 << doublings), absl::Minutes(10));
}

}  // namespace houbu::payment
