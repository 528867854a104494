#include "services/payment/peers/sandbox_notices.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

#include "libs/http/message.h"
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
  const std::string timestamp = notice.Header("x-houbu-timestamp");
  const std::string nonce = notice.Header("x-houbu-nonce");
  const std::string signature = notice.Header("x-houbu-signature");
  std::int64_t seconds = 0;
  if (signature.empty() || !IsNonce(nonce) || timestamp.size() > 12 ||
      !absl::SimpleAtoi(timestamp, &seconds)) {
    return Refuse(kNoticeUnsigned);
  }
  SignedParts parts;
  parts.timestamp = timestamp;
  parts.nonce = nonce;
  parts.body = notice.body;
  if (!IsSignatureOf(key_, parts, signature)) return Refuse(kNoticeForged);
  if (absl::AbsDuration(now - absl::FromUnixSeconds(seconds)) > kFreshness) {
    return Refuse(kNoticeStale);
  }
  absl::StatusOr<ProvenNotice> read = ReadNotice(notice.body);
  if (!read.ok()) return Refuse(kNoticeMalformed);
  read->raw.channel = Channel::kSandbox;
  read->raw.nonce = nonce;
  read->raw.body = notice.body;
  read->raw.receive_time = now;
  return read;
}

CallbackAnswer SandboxNotices::Answer(int status, absl::string_view outcome) const {
  CallbackAnswer answer;
  answer.status = status;
  answer.body =
      status == 200 ? "{}" : http::ErrorResponse(status, outcome, "It was not taken.").body;
  return answer;
}

}  // namespace houbu::payment
