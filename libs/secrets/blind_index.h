/// Keyed fingerprints: to find or compare a personal number without keeping it.
#pragma once

#include <string>
#include <utility>

#include "absl/strings/string_view.h"

#include "libs/secrets/keys.h"

namespace houbu::secrets {

/// Makes the searchable fingerprint of an encrypted field: equal values give equal fingerprints,
/// and without the key nobody can try all ID numbers. 64 hex digits (keyed BLAKE2b-256).
class BlindIndex final {
 public:
  /// Uses `key`, which serves nothing else.
  explicit BlindIndex(const Key& key) : key_(key) {}

  /// Returns the fingerprint of `value` in the column named `context`; the caller normalises.
  std::string Of(absl::string_view context, absl::string_view value) const;

 private:
  Key key_;
};

/// Makes the name under which a traveller is known outside account: the same person always has the
/// same one, and it says nothing. 64 hex digits (keyed BLAKE2b-256), never equal to a BlindIndex.
class Pseudonym final {
 public:
  /// Uses `key`, which serves nothing else.
  explicit Pseudonym(const Key& key) : key_(key) {}

  /// Returns the pseudonym of `identity`, as "resident-id:11010519491231002X".
  std::string Of(absl::string_view identity) const;

 private:
  Key key_;
};

}  // namespace houbu::secrets
