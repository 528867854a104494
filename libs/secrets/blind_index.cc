#include "libs/secrets/blind_index.h"

#include <sodium.h>

#include <array>

#include "absl/strings/str_cat.h"

#include "libs/secrets/bytes.h"
#include "libs/secrets/sodium.h"

namespace houbu::secrets {
namespace {

// Hashes with lengths before the parts, so ("ab", "c") and ("a", "bc") differ.
std::string KeyedHash(const Key& key, absl::string_view use, absl::string_view context,
                      absl::string_view value) {
  RequireSodium();
  const std::string text =
      absl::StrCat(use, ":", context.size(), ":", context, value.size(), ":", value);
  std::array<unsigned char, 32> digest{};
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size(), key.bytes(),
                     Key::kBytes);
  return ToHex(absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

}  // namespace

std::string BlindIndex::Of(absl::string_view context, absl::string_view value) const {
  return KeyedHash(key_, "blind-index", context, value);
}

std::string Pseudonym::Of(absl::string_view identity) const {
  return KeyedHash(key_, "pseudonym", "", identity);
}

}  // namespace houbu::secrets
