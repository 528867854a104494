#include "services/account/peers/signed_links.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "libs/base/status_macros.h"
#include "libs/secrets/bytes.h"
#include "libs/secrets/keys.h"

namespace houbu::account {
namespace {

// Nothing else is ever signed with these keys, and should it be, it would not read as a link.
constexpr char kPurpose[] = "houbu/account/attachment-link/1\n";
constexpr char kNaming[] = "houbu/account/attachment-link-key";
constexpr std::size_t kKeyIdSize = 8;
constexpr std::size_t kTokenMax = 300;

absl::StatusOr<LinkKey> LoadKey(const std::string& path) {
  ASSIGN_OR_RETURN(const secrets::Key key, secrets::LoadKeyFile(path));
  LinkKey link_key;
  link_key.secret = std::string(reinterpret_cast<const char*>(key.bytes()), secrets::Key::kBytes);
  link_key.id = secrets::HmacSha256Hex(link_key.secret, kNaming).substr(0, kKeyIdSize);
  return link_key;
}

std::string Signature(const LinkKey& key, absl::string_view claim) {
  return secrets::HmacSha256Hex(key.secret, absl::StrCat(kPurpose, claim));
}

}  // namespace

absl::StatusOr<SignedLinks> SignedLinks::Load(const std::string& path, const std::string& former) {
  std::vector<LinkKey> keys;
  ASSIGN_OR_RETURN(LinkKey key, LoadKey(path));
  keys.push_back(std::move(key));
  if (!former.empty()) {
    ASSIGN_OR_RETURN(LinkKey before, LoadKey(former));
    keys.push_back(std::move(before));
  }
  return SignedLinks(std::move(keys));
}

std::string SignedLinks::Sign(const LinkClaim& claim) const {
  const LinkKey& key = keys_.front();
  const std::string text = absl::StrCat(key.id, ".", absl::ToUnixSeconds(claim.expires_at), ".",
                                        claim.account, ".", claim.attachment);
  return absl::StrCat(text, ".", Signature(key, text));
}

std::optional<LinkClaim> SignedLinks::Read(absl::string_view token) const {
  const std::size_t dot = token.rfind('.');
  if (token.size() > kTokenMax || dot == absl::string_view::npos) {
    return std::nullopt;
  }
  const absl::string_view text = token.substr(0, dot);
  const std::vector<std::string> parts = absl::StrSplit(text, '.');
  std::int64_t expires = 0;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[1], &expires)) {
    return std::nullopt;
  }
  for (const LinkKey& key : keys_) {
    if (key.id == parts[0] &&
        secrets::ConstantTimeEqual(Signature(key, text), token.substr(dot + 1))) {
      LinkClaim claim;
      claim.account = parts[2];
      claim.attachment = parts[3];
      claim.expires_at = absl::FromUnixSeconds(expires);
      return claim;
    }
  }
  return std::nullopt;
}

}  // namespace houbu::account
