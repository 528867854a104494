/// How personal fields stand in the record: each person's sealed with a key of their own, and found
/// again by a keyed index.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "libs/secrets/blind_index.h"
#include "libs/secrets/field_cipher.h"

namespace houbu::account {

/// The key of one person: whoever has an account, and each passenger. What it sealed is gone for
/// good once it is destroyed, in every copy of the record that has no copy of the key.
class PersonKey final {
 public:
  /// Seals a field of one row.
  std::string Seal(absl::string_view text, absl::string_view column, absl::string_view row) const;

  /// Opens a field of one row; DATA_LOSS when it was moved or altered.
  absl::StatusOr<std::string> Open(absl::string_view box, absl::string_view column,
                                   absl::string_view row) const;

  /// Whose it is: "ac-..." or "pg-...".
  const std::string& owner() const { return owner_; }

  /// The key as it is kept: wrapped by a master key.
  const std::string& wrapped() const { return wrapped_; }

 private:
  friend class Vault;
  PersonKey(std::string owner, std::string wrapped, secrets::FieldCipher cipher)
      : owner_(std::move(owner)), wrapped_(std::move(wrapped)), cipher_(std::move(cipher)) {}

  std::string owner_;
  std::string wrapped_;
  secrets::FieldCipher cipher_;
};

/// Makes and opens persons' keys, and indexes what they seal.
class Vault final {
 public:
  /// Takes the master keys, newest id first in use, and the key of the index.
  Vault(secrets::FieldCipher master, secrets::BlindIndex index)
      : master_(std::move(master)), index_(std::move(index)) {}

  /// Makes a new key for a person.
  PersonKey NewKey(std::string owner) const;

  /// Opens a kept key; DATA_LOSS when it is another's, altered, or of an unknown master key.
  absl::StatusOr<PersonKey> KeyOf(std::string owner, absl::string_view wrapped) const;

  /// Wraps a kept key by the newest master key; DATA_LOSS as KeyOf.
  absl::StatusOr<std::string> Rewrap(absl::string_view owner, absl::string_view wrapped) const;

  /// Whether a kept key is wrapped by another master key than the newest.
  bool IsStale(absl::string_view wrapped) const { return master_.IsStale(wrapped); }

  /// Seals what belongs to nobody yet and lives for minutes: where a code was sent.
  std::string Seal(absl::string_view text, absl::string_view column, absl::string_view row) const;

  /// Opens what Seal gave; DATA_LOSS when it was moved or altered.
  absl::StatusOr<std::string> Open(absl::string_view box, absl::string_view column,
                                   absl::string_view row) const;

  /// The index of a value in a column: equal values have equal ones.
  std::string IndexOf(absl::string_view column, absl::string_view value) const;

 private:
  secrets::FieldCipher master_;
  secrets::BlindIndex index_;
};

}  // namespace houbu::account
