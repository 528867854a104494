/// What account derives from secret keys: codes of challenges and pseudonyms of persons.
#pragma once

#include <string>

#include "libs/secrets/blind_index.h"
#include "services/account/app/ports.h"

namespace houbu::account {

/// Makes codes from a keyed hash of the challenge's id.
class KeyedCodes final : public CodeBook {
 public:
  /// Takes the key's index.
  explicit KeyedCodes(secrets::BlindIndex index) : index_(std::move(index)) {}

  std::string CodeOf(absl::string_view challenge_id) const override;

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
