#include "libs/rpc/page.h"

#include <absl/strings/str_cat.h>
#include <sodium.h>

#include <algorithm>
#include <cstddef>

#include "libs/secrets/bytes.h"

namespace houbu::rpc {

namespace {

constexpr char kVersion = '\x01';
constexpr std::size_t kChecksumSize = 8;

/// Ties a position to its list, and tells our tokens from others.
std::string ChecksumOf(absl::string_view filter, absl::string_view position) {
  const std::string text = absl::StrCat(filter.size(), ":", filter, position);
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size());
  digest.resize(kChecksumSize);
  return digest;
}

}  // namespace

int PageSize(Violations& violations, int requested, PageLimits limits) {
  if (requested < 0) violations.Add("page_size", "must not be negative");
  if (requested <= 0) return limits.size_default;
  return std::min(requested, limits.size_max);
}

std::string EncodePageToken(absl::string_view filter, absl::string_view position) {
  return secrets::ToBase64Url(
      absl::StrCat(std::string(1, kVersion), ChecksumOf(filter, position), position));
}

std::string DecodePageToken(Violations& violations, absl::string_view filter,
                            absl::string_view token) {
  if (token.empty()) return "";
  const absl::StatusOr<std::string> bytes = secrets::FromBase64Url(token);
  if (bytes.ok() && bytes->size() >= 1 + kChecksumSize && bytes->front() == kVersion) {
    std::string position = bytes->substr(1 + kChecksumSize);
    if (bytes->substr(1, kChecksumSize) == ChecksumOf(filter, position)) return position;
  }
  violations.Add("page_token", "is not a token of this list");
  return "";
}

}  // namespace houbu::rpc
