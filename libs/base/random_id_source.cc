#include "libs/base/random_id_source.h"

#include <sys/random.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/str_format.h"

namespace houbu {

std::string RandomIdSource::Next(absl::string_view prefix) {
  std::array<std::uint64_t, 2> random{};
  // Up to 256 bytes come whole and uninterrupted once the kernel's pool is ready.
  if (getrandom(random.data(), sizeof(random), 0) != static_cast<ssize_t>(sizeof(random))) {
    std::abort();
  }
  const auto millis = static_cast<std::uint64_t>(absl::ToUnixMillis(clock_.Now()));
  const std::uint64_t high = (millis << 16) | 0x7000U | (random[0] & 0x0FFFU);
  const std::uint64_t low = (random[1] & 0x3FFFFFFFFFFFFFFFULL) | 0x8000000000000000ULL;
  return absl::StrFormat("%s-%016x%016x", prefix, high, low);
}

}  // namespace houbu
