/// What account derives from secret keys: codes, tokens, and pseudonyms of persons.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "libs/secrets/blind_index.h"
#include "services/account/app/ports.h"
#include "services/account/app/ports_sign_in.h"

namespace houbu::account {

/// Makes codes and tokens from keyed hashes of ids.
class KeyedSecrets final : public DerivedSecrets {
 public:
  /// Takes the key's index.
  explicit KeyedSecrets(secrets::BlindIndex index) : index_(std::move(index)) {}

  std::string CodeOf(absl::string_view challenge_id) const override;
  bool CodeFits(absl::string_view challenge_id, absl::string_view typed) const override;
  std::string RefreshTokenOf(absl::string_view token_id) const override;
  std::vector<std::string> RecoveryCodesOf(absl::string_view account,
                                           absl::Time begun_at) const override;
  std::string DigestOf(absl::string_view secret) const override;

 private:
  secrets::BlindIndex index_;
};

/// Makes pseudonyms from a keyed hash of the document.
class KeyedPseudonyms final : public Pseudonyms {
 public:
  /// Takes the key's pseudonym maker.
  explicit KeyedPseudonyms(secrets::Pseudonym pseudonym) : pseudonym_(std::move(pseudonym)) {}

  std::string Of(const Document& document) const override;

 private:
  secrets::Pseudonym pseudonym_;
};

}  // namespace houbu::account
