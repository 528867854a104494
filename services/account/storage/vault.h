/// How personal fields stand in the record: encrypted, and found again by a keyed index.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "libs/secrets/blind_index.h"
#include "libs/secrets/field_cipher.h"

namespace houbu::account {

/// Encrypts, decrypts and indexes personal fields.
class Vault final {
 public:
  /// Takes the keys.
  Vault(secrets::FieldCipher cipher, secrets::BlindIndex index)
      : cipher_(std::move(cipher)), index_(std::move(index)) {}

  /// Encrypts a field of one row.
  std::string Seal(absl::string_view text, absl::string_view column, absl::string_view row) const;

  /// Decrypts a field of one row; DATA_LOSS when it was moved or altered.
  absl::StatusOr<std::string> Open(absl::string_view box, absl::string_view column,
                                   absl::string_view row) const;

  /// The index of a value in a column: equal values have equal ones.
  std::string IndexOf(absl::string_view column, absl::string_view value) const;

 private:
  secrets::FieldCipher cipher_;
  secrets::BlindIndex index_;
};

}  // namespace houbu::account
