#include "services/account/peers/identity_notices.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "libs/base/id.h"
#include "libs/base/status_macros.h"
#include "libs/secrets/bytes.h"
#include "libs/secrets/keys.h"
#include "services/account/peers/identity_verifier.h"

namespace houbu::account {
namespace {

constexpr std::size_t kNonceLengthMax = 64;
constexpr std::size_t kTimestampLengthMax = 12;

std::string HeaderOf(const std::map<std::string, std::string>& headers, const char* name) {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

bool IsNonce(const std::string& text) {
  return !text.empty() && text.size() <= kNonceLengthMax &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '_';
         });
}

/// The text of a field; "" when it is none.
std::string TextAt(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

absl::StatusOr<std::string> LoadKey(const std::string& path) {
  ASSIGN_OR_RETURN(const secrets::Key key, secrets::LoadKeyFile(path));
  return std::string(reinterpret_cast<const char*>(key.bytes()), secrets::Key::kBytes);
}

}  // namespace

absl::StatusOr<IdentityNotices> IdentityNotices::Load(const std::string& path,
                                                      const std::string& former) {
  std::vector<std::string> keys;
  ASSIGN_OR_RETURN(std::string key, LoadKey(path));
  keys.push_back(std::move(key));
  if (!former.empty()) {
    ASSIGN_OR_RETURN(std::string former_key, LoadKey(former));
    keys.push_back(std::move(former_key));
  }
  return IdentityNotices(std::move(keys));
}

absl::StatusOr<CheckNotice> IdentityNotices::Read(const std::map<std::string, std::string>& headers,
                                                  absl::string_view body, absl::Time now) const {
  const std::string timestamp = HeaderOf(headers, "x-houbu-timestamp");
  const std::string nonce = HeaderOf(headers, "x-houbu-nonce");
  const std::string claimed = HeaderOf(headers, "x-houbu-signature");
  std::int64_t seconds = 0;
  if (claimed.empty() || !IsNonce(nonce) || timestamp.size() > kTimestampLengthMax ||
      !absl::SimpleAtoi(timestamp, &seconds)) {
    return Refuse(kNoticeUnsigned);
  }
  const std::string text = absl::StrCat(timestamp, "\n", nonce, "\n", body);
  bool is_ours = false;
  for (const std::string& key : keys_) {
    const std::string expected = secrets::HmacSha256Hex(key, text);
    is_ours = secrets::ConstantTimeEqual(expected, claimed) || is_ours;
  }
  if (!is_ours) {
    return Refuse(kNoticeForged);
  }
  if (absl::AbsDuration(now - absl::FromUnixSeconds(seconds)) > kNoticeFreshness) {
    return Refuse(kNoticeStale);
  }
  const nlohmann::json content = nlohmann::json::parse(body.begin(), body.end(), nullptr,
                                                       /*allow_exceptions=*/false);
  if (!content.is_object() || TextAt(content, "type") != "VERIFICATION_DECIDED") {
    return Refuse(kNoticeMalformed);
  }
  std::optional<Finding> finding = FindingNamed(TextAt(content, "result"));
  CheckNotice notice;
  notice.check = TextAt(content, "check");
  notice.nonce = nonce;
  if (!finding.has_value() || !IsValidId(notice.check)) {
    return Refuse(kNoticeMalformed);
  }
  notice.finding = *std::move(finding);
  return notice;
}

}  // namespace houbu::account
