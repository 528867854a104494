/// By what somebody says who they are when they sign in.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace houbu::account {

/// A phone number, an e-mail address or a resident ID number in its normal form.
struct Identifier {
  /// Tells the three apart.
  enum class Kind { kPhone, kEmail, kResidentId };
  Kind kind = Kind::kPhone;
  std::string text;  ///< Personal: E.164; lower-case with an ASCII domain; 18 characters.
};

/// Reads what was typed; nothing where it can be none of the three. An old resident ID of 15 digits
/// is refused: cards that bear one ended in 2013.
std::optional<Identifier> ParseIdentifier(absl::string_view typed);

/// An e-mail address in its normal form: NFKC, lower-case, an internationalised domain in ASCII
/// (IDNA 2008), at most 254 characters; "" for what cannot be one. Quoted local parts and address
/// literals are refused: no provider of ours' users gives them out, and they carry injections.
std::string NormaliseEmail(absl::string_view typed);

/// "+86*******0001".
std::string MaskedPhone(absl::string_view phone);

/// "a***@example.com"; "" for none.
std::string MaskedEmail(absl::string_view email);

}  // namespace houbu::account
