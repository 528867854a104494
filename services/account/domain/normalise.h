/// Identity fields as people type them, made into what documents say.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace houbu::account {

/// NFKC, outer blanks cut, control and invisible characters taken out. "" for text that is not
/// UTF-8.
std::string NormaliseText(absl::string_view text);

/// NormaliseText, every blank, dash and dot taken out, letters upper-case: "ｅ 1234 5678" is
/// "E12345678", and a lower-case x of a resident ID becomes X.
std::string NormaliseNumber(absl::string_view text);

/// A phone number as E.164: blanks and dashes out; eleven digits that begin with 1 are Chinese.
/// "" for what cannot be one.
std::string NormalisePhone(absl::string_view text);

}  // namespace houbu::account
