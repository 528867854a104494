#include "services/account/storage/vault.h"

#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"
#include "libs/secrets/bytes.h"

namespace houbu::account {
namespace {

constexpr absl::string_view kKeyColumn = "person_keys/wrapped";
constexpr std::uint8_t kOnlyKey = 1;

std::string Place(absl::string_view column, absl::string_view row) {
  return absl::StrCat(column, "/", row);
}

absl::StatusOr<secrets::FieldCipher> CipherOf(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const secrets::Key key, secrets::Key::FromBytes(bytes));
  return secrets::FieldCipher::Create({{kOnlyKey, key}});
}

}  // namespace

std::string PersonKey::Seal(absl::string_view text, absl::string_view column,
                            absl::string_view row) const {
  return cipher_.Encrypt(text, Place(column, row));
}

absl::StatusOr<std::string> PersonKey::Open(absl::string_view box, absl::string_view column,
                                            absl::string_view row) const {
  return cipher_.Decrypt(box, Place(column, row));
}

PersonKey Vault::NewKey(std::string owner) const {
  const std::string bytes = secrets::RandomBytes(secrets::Key::kBytes);
  std::string wrapped = master_.Encrypt(bytes, Place(kKeyColumn, owner));
  // Bytes of the right number always make a cipher.
  return PersonKey(std::move(owner), std::move(wrapped), CipherOf(bytes).value());
}

absl::StatusOr<PersonKey> Vault::KeyOf(std::string owner, absl::string_view wrapped) const {
  ASSIGN_OR_RETURN(const std::string bytes, master_.Decrypt(wrapped, Place(kKeyColumn, owner)));
  ASSIGN_OR_RETURN(secrets::FieldCipher cipher, CipherOf(bytes));
  return PersonKey(std::move(owner), std::string(wrapped.data(), wrapped.size()),
                   std::move(cipher));
}

absl::StatusOr<std::string> Vault::Rewrap(absl::string_view owner,
                                          absl::string_view wrapped) const {
  const std::string place = Place(kKeyColumn, owner);
  ASSIGN_OR_RETURN(const std::string bytes, master_.Decrypt(wrapped, place));
  return master_.Encrypt(bytes, place);
}

std::string Vault::Seal(absl::string_view text, absl::string_view column,
                        absl::string_view row) const {
  return master_.Encrypt(text, Place(column, row));
}

absl::StatusOr<std::string> Vault::Open(absl::string_view box, absl::string_view column,
                                        absl::string_view row) const {
  return master_.Decrypt(box, Place(column, row));
}

std::string Vault::IndexOf(absl::string_view column, absl::string_view value) const {
  return index_.Of(column, value);
}

}  // namespace houbu::account
