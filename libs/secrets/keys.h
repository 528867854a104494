/// Keys: 32 secret bytes, read from a file, wiped when no longer needed.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace houbu::secrets {

/// 256 secret bytes' worth of hex in a file become one of these.
class Key final {
 public:
  /// Length in bytes of every symmetric key here.
  static constexpr std::size_t kBytes = 32;

  /// Takes exactly kBytes raw bytes; refuses other lengths as INVALID_ARGUMENT.
  static absl::StatusOr<Key> FromBytes(absl::string_view bytes);

  /// Takes 64 hex digits; refuses anything else as INVALID_ARGUMENT without repeating it.
  static absl::StatusOr<Key> FromHex(absl::string_view hex);

  /// Copies the key.
  Key(const Key&) = default;
  /// Copies the key.
  Key& operator=(const Key&) = default;

  /// Wipes the bytes.
  ~Key();

  /// The raw bytes, kBytes of them.
  const unsigned char* bytes() const { return bytes_.data(); }

 private:
  Key() = default;
  std::array<unsigned char, kBytes> bytes_{};
};

/// Reads a key file: 64 hex digits, white space around them ignored. NOT_FOUND when it cannot be
/// read, INVALID_ARGUMENT when the content is not a key; neither repeats the content. The file's
/// mode is not judged: whoever mounts it decides who reads it. Blocks: for start-up only.
absl::StatusOr<Key> LoadKeyFile(const std::string& path);

}  // namespace houbu::secrets
