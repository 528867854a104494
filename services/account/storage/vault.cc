#include "services/account/storage/vault.h"

#include "absl/strings/str_cat.h"

namespace houbu::account {

std::string Vault::Seal(absl::string_view text, absl::string_view column,
                        absl::string_view row) const {
  return cipher_.Encrypt(text, absl::StrCat(column, "/", row));
}

absl::StatusOr<std::string> Vault::Open(absl::string_view box, absl::string_view column,
                                        absl::string_view row) const {
  return cipher_.Decrypt(box, absl::StrCat(column, "/", row));
}

std::string Vault::IndexOf(absl::string_view column, absl::string_view value) const {
  return index_.Of(column, value);
}

}  // namespace houbu::account
