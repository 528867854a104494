/// Small cryptographic tools: randomness, digests, encodings, comparison.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace houbu::secrets {

/// Returns `count` bytes nobody can guess.
std::string RandomBytes(std::size_t count);

/// Returns a number from 0 to `bound` - 1, each equally likely; `bound` at least 1.
std::uint32_t RandomBelow(std::uint32_t bound);

/// Returns `digits` random decimal digits: a one-time code. 1 to 9 digits.
std::string RandomCode(int digits);

/// Returns the SHA-256 of `bytes` as 64 lower-case hex digits.
std::string Sha256Hex(absl::string_view bytes);

/// Returns HMAC-SHA256 of `text` under `key` (any length) as 64 lower-case hex digits: how simple
/// counterparties sign their HTTP bodies.
std::string HmacSha256Hex(absl::string_view key, absl::string_view text);

/// Compares in time that depends on the lengths only.
bool ConstantTimeEqual(absl::string_view a, absl::string_view b);

/// Writes bytes as lower-case hex.
std::string ToHex(absl::string_view bytes);

/// Reads hex of either case; refuses other text as INVALID_ARGUMENT.
absl::StatusOr<std::string> FromHex(absl::string_view hex);

/// Writes bytes as base64url without padding (RFC 7515).
std::string ToBase64Url(absl::string_view bytes);

/// Reads base64url without padding; refuses other text, and text with stray bits that would be a
/// second spelling of the same bytes, as INVALID_ARGUMENT.
absl::StatusOr<std::string> FromBase64Url(absl::string_view text);

}  // namespace houbu::secrets
