#include "services/payment/peers/sandbox_notices.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

#include "services/payment/peers/hmac.h"
#include "services/payment/peers/sandbox_wire.h"

namespace houbu::payment {
namespace {

constexpr absl::Duration kFreshness = absl::Minutes(5);

bool IsNonce(const std::string& text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '_';
         });
}

}  // namespace

absl::StatusOr<ProvenNotice> SandboxNotices::Read(const SignedNotice& notice,
                                                  absl::Time now) const {
  std::int64_t seconds = 0;
  if (notice.signature.empty() || !IsNonce(notice.nonce) || notice.timestamp.size() > 12 ||
      !absl::SimpleAtoi(notice.timestamp, &seconds)) {
    return Refuse(kNoticeUnsigned);
  }
  SignedParts parts;
  parts.timestamp = notice.timestamp;
  parts.nonce = notice.nonce;
  parts.body = notice.body;
  if (!IsSignatureOf(key_, parts, notice.signature)) return Refuse(kNoticeForged);
  if (absl::AbsDuration(now - absl::FromUnixSeconds(seconds)) > kFreshness) {
    return Refuse(kNoticeStale);
  }
  absl::StatusOr<ProvenNotice> read = ReadNotice(notice.body);
  if (!read.ok()) return Refuse(kNoticeMalformed);
  read->raw.channel = Channel::kSandbox;
  read->raw.nonce = notice.nonce;
  read->raw.body = notice.body;
  read->raw.receive_time = now;
  return read;
}

}  // namespace houbu::payment
