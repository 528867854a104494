#include "libs/base/id.h"

#include <algorithm>

#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"

namespace houbu {
namespace {

absl::uint128 Fnv1a(absl::string_view bytes) {
  // Offset basis and prime of the 128-bit FNV-1a.
  absl::uint128 hash = absl::MakeUint128(0x6c62272e07bb0142ULL, 0x62b821756295c58dULL);
  const absl::uint128 prime = absl::MakeUint128(0x0000000001000000ULL, 0x000000000000013BULL);
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= prime;
  }
  return hash;
}

bool IsIdCharacter(unsigned char c) {
  return absl::ascii_isdigit(c) || absl::ascii_islower(c) || c == '-';
}

}  // namespace

std::string DerivedId(absl::string_view prefix, absl::string_view seed) {
  const absl::uint128 hash = Fnv1a(seed);
  return absl::StrFormat("%s-%016x%016x", prefix, absl::Uint128High64(hash),
                         absl::Uint128Low64(hash));
}

bool IsValidId(absl::string_view text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), IsIdCharacter);
}

}  // namespace houbu
