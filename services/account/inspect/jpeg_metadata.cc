#include <cstddef>

#include "services/account/inspect/cleaning.h"

namespace houbu::account {
namespace {

constexpr unsigned kStartOfScan = 0xda;
constexpr unsigned kComment = 0xfe;

// JFIF's and Adobe's segments say how colours are meant; the other applications' only tell stories.
bool IsMetadata(unsigned marker) {
  return marker == kComment ||
         (marker >= 0xe1 && marker <= 0xef && marker != 0xee && marker != 0xe2);
}

}  // namespace

std::string WithoutJpegMetadata(absl::string_view jpeg) {
  const auto byte = [jpeg](std::size_t at) {
    return static_cast<unsigned>(static_cast<unsigned char>(jpeg[at]));
  };
  std::string out(jpeg.substr(0, 2));
  std::size_t at = 2;
  while (at + 4 <= jpeg.size() && byte(at) == 0xff) {
    const unsigned marker = byte(at + 1);
    const std::size_t size = 2 + (std::size_t{byte(at + 2)} << 8) + byte(at + 3);
    if (marker == kStartOfScan || marker == 0xff || size < 4 || size > jpeg.size() - at) {
      break;
    }
    if (!IsMetadata(marker)) {
      out.append(jpeg.data() + at, size);
    }
    at += size;
  }
  out.append(jpeg.data() + at, jpeg.size() - at);
  return out;
}

}  // namespace houbu::account
