/// Encryption of single fields at rest: a passport number is no use to who steals the database.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "libs/secrets/keys.h"

namespace houbu::secrets {

/// Encrypts and decrypts fields with XChaCha20-Poly1305 under one of several numbered keys.
///
/// A box is: version byte (1), key id byte, 24 bytes nonce, ciphertext with tag. Equal texts give
/// different boxes. The newest key (highest id) encrypts; older ones stay to decrypt what they
/// made.
/// Safe to use from several threads.
class FieldCipher final {
 public:
  /// Takes the keys by id; refuses an empty set as INVALID_ARGUMENT.
  static absl::StatusOr<FieldCipher> Create(std::map<std::uint8_t, Key> keys);

  /// Returns the box of `text`, bound to `context` ("passengers/document_number/ps-..."): it opens
  /// only with the same context, so a box copied to another row or column is refused.
  std::string Encrypt(absl::string_view text, absl::string_view context) const;

  /// Opens a box; DATA_LOSS when it is damaged, not ours, of an unknown key or of another context.
  absl::StatusOr<std::string> Decrypt(absl::string_view box, absl::string_view context) const;

  /// Tells whether `box` was made by a key older than the newest, so it should be made anew.
  bool IsStale(absl::string_view box) const;

 private:
  explicit FieldCipher(std::map<std::uint8_t, Key> keys) : keys_(std::move(keys)) {}
  std::map<std::uint8_t, Key> keys_;
};

}  // namespace houbu::secrets
