#include "services/account/storage/keyed.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "libs/secrets/bytes.h"

namespace houbu::account {
namespace {

constexpr int kRecoveryCodes = 10;

}  // namespace

std::string KeyedSecrets::CodeOf(absl::string_view challenge_id) const {
  const std::string digest = index_.Of("challenges/code", challenge_id);
  std::uint32_t number = 0;
  // 32 bits over a million codes: no code is more than a 4,000th likelier than another.
  const bool read = absl::SimpleHexAtoi(digest.substr(0, 8), &number);
  const std::string digits = absl::StrCat(read ? number % 1'000'000 : 0);
  return absl::StrCat(std::string(6 - digits.size(), '0'), digits);
}

bool KeyedSecrets::CodeFits(absl::string_view challenge_id, absl::string_view typed) const {
  return secrets::ConstantTimeEqual(CodeOf(challenge_id), typed);
}

std::string KeyedSecrets::RefreshTokenOf(absl::string_view token_id) const {
  return absl::StrCat(token_id, ".", index_.Of("refresh_tokens", token_id));
}

std::vector<std::string> KeyedSecrets::RecoveryCodesOf(absl::string_view account,
                                                       absl::Time begun_at) const {
  std::vector<std::string> codes;
  for (int i = 0; i < kRecoveryCodes; ++i) {
    const std::string what = absl::StrCat(account, "/", absl::ToUnixMicros(begun_at), "/", i);
    const std::string digest = index_.Of("recovery_codes", what);
    // 60 bits in groups of five, as people read them; typed without the dashes.
    codes.push_back(absl::AsciiStrToUpper(
        absl::StrCat(digest.substr(0, 5), "-", digest.substr(5, 5), "-", digest.substr(10, 5))));
  }
  return codes;
}

std::string KeyedSecrets::DigestOf(absl::string_view secret) const {
  return index_.Of("digests", secret);
}

std::string KeyedPseudonyms::Of(const Document& document) const {
  return pseudonym_.Of(IdentityOf(document));
}

}  // namespace houbu::account
