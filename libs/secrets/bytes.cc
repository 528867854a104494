#include "libs/secrets/bytes.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"

#include "libs/secrets/sodium.h"

namespace houbu::secrets {
namespace {

const unsigned char* Unsigned(absl::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

template <std::size_t kSize>
std::string HexOf(const std::array<unsigned char, kSize>& bytes) {
  return ToHex(absl::string_view(reinterpret_cast<const char*>(bytes.data()), kSize));
}

}  // namespace

std::string RandomBytes(std::size_t count) {
  RequireSodium();
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::uint32_t RandomBelow(std::uint32_t bound) {
  RequireSodium();
  return randombytes_uniform(bound);
}

std::string RandomCode(int digits) {
  std::uint32_t bound = 1;
  for (int i = 0; i < digits; ++i) {
    bound *= 10;
  }
  return absl::StrFormat("%0*d", digits, RandomBelow(bound));
}

std::string Sha256Hex(absl::string_view bytes) {
  RequireSodium();
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), Unsigned(bytes), bytes.size());
  return HexOf(digest);
}

std::string HmacSha256Hex(absl::string_view key, absl::string_view text) {
  RequireSodium();
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, Unsigned(key), key.size());
  crypto_auth_hmacsha256_update(&state, Unsigned(text), text.size());
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> code{};
  crypto_auth_hmacsha256_final(&state, code.data());
  return HexOf(code);
}

bool ConstantTimeEqual(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string ToHex(absl::string_view bytes) {
  std::string hex(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), Unsigned(bytes), bytes.size());
  hex.pop_back();
  return hex;
}

absl::StatusOr<std::string> FromHex(absl::string_view hex) {
  std::string bytes(hex.size() / 2, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const int failed = sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                    hex.data(), hex.size(), nullptr, &size, &end);
  if (failed != 0 || end != hex.data() + hex.size()) {
    return absl::InvalidArgumentError("not hexadecimal");
  }
  bytes.resize(size);
  return bytes;
}

std::string ToBase64Url(absl::string_view bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), Unsigned(bytes), bytes.size(), kVariant);
  text.pop_back();
  return text;
}

absl::StatusOr<std::string> FromBase64Url(absl::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                       text.data(), text.size(), nullptr, &size, &end,
                                       sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  if (failed != 0 || end != text.data() + text.size()) {
    return absl::InvalidArgumentError("not base64url");
  }
  bytes.resize(size);
  if (ToBase64Url(bytes) != std::string(text)) {
    return absl::InvalidArgumentError("not canonical base64url");
  }
  return bytes;
}

}  // namespace houbu::secrets
