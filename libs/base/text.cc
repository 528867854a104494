#include "libs/base/text.h"

#include <cstddef>
#include <cstdint>

namespace houbu {
namespace {

// How many bytes the sequence beginning with `lead` has; 0 when nothing begins so.
std::size_t SequenceLength(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// The second byte tells overlong forms, surrogates and values above U+10FFFF.
bool IsSecondByteValid(unsigned char lead, unsigned char second) {
  if (lead == 0xE0) return second >= 0xA0;
  if (lead == 0xED) return second <= 0x9F;
  if (lead == 0xF0) return second >= 0x90;
  if (lead == 0xF4) return second <= 0x8F;
  return true;
}

}  // namespace

bool IsValidUtf8(absl::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = SequenceLength(lead);
    if (length == 0 || text.size() - at < length) {
      return false;
    }
    for (std::size_t i = 1; i < length; ++i) {
      if (!IsContinuation(static_cast<unsigned char>(text[at + i]))) {
        return false;
      }
    }
    if (length > 1 && !IsSecondByteValid(lead, static_cast<unsigned char>(text[at + 1]))) {
      return false;
    }
    at += length;
  }
  return true;
}

int CountCharacters(absl::string_view text) {
  int count = 0;
  for (const char c : text) {
    if (!IsContinuation(static_cast<unsigned char>(c))) {
      ++count;
    }
  }
  return count;
}

}  // namespace houbu
