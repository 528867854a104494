#include "services/account/storage/keyed.h"

#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace houbu::account {

std::string KeyedCodes::CodeOf(absl::string_view challenge_id) const {
  const std::string digest = index_.Of("challenges/code", challenge_id);
  std::uint32_t number = 0;
  // 32 bits over a million codes: no code is more than a 4,000th likelier than another.
  const bool read = absl::SimpleHexAtoi(digest.substr(0, 8), &number);
  const std::string digits = absl::StrCat(read ? number % 1'000'000 : 0);
  return absl::StrCat(std::string(6 - digits.size(), '0'), digits);
}

std::string KeyedPseudonyms::Of(const Document& document) const {
  return pseudonym_.Of(IdentityOf(document));
}

}  // namespace houbu::account
