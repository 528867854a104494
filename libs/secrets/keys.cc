#include "libs/secrets/keys.h"

#include <sodium.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "libs/secrets/bytes.h"

namespace houbu::secrets {

absl::StatusOr<Key> Key::FromBytes(absl::string_view bytes) {
  if (bytes.size() != kBytes) {
    return absl::InvalidArgumentError("a key is 32 bytes");
  }
  Key key;
  std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
  return key;
}

absl::StatusOr<Key> Key::FromHex(absl::string_view hex) {
  absl::StatusOr<std::string> bytes = secrets::FromHex(hex);
  if (!bytes.ok() || bytes->size() != kBytes) {
    return absl::InvalidArgumentError("a key is 64 hex digits");
  }
  absl::StatusOr<Key> key = FromBytes(*bytes);
  sodium_memzero(bytes->data(), bytes->size());
  return key;
}

Key::~Key() { sodium_memzero(bytes_.data(), bytes_.size()); }

absl::StatusOr<Key> LoadKeyFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    return absl::NotFoundError(absl::StrCat("cannot read the key file ", path));
  }
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  absl::StatusOr<Key> key = Key::FromHex(absl::StripAsciiWhitespace(text));
  sodium_memzero(text.data(), text.size());
  if (!key.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", key.status().message()));
  }
  return key;
}

}  // namespace houbu::secrets
