#include "services/account/domain/normalise.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "libs/base/text.h"

namespace houbu::account {
namespace {

/// Characters that no eye sees and no document has: controls, formats, unassigned.
bool IsInvisible(UChar32 c) {
  const auto category = static_cast<UCharCategory>(u_charType(c));
  return category == U_CONTROL_CHAR || category == U_FORMAT_CHAR || category == U_UNASSIGNED ||
         category == U_SURROGATE || category == U_PRIVATE_USE_CHAR;
}

}  // namespace

std::string NormaliseText(absl::string_view text) {
  if (!IsValidUtf8(text)) {
    return "";
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(error);
  if (U_FAILURE(error)) {
    return "";
  }
  const icu::UnicodeString typed = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  const icu::UnicodeString composed = nfkc->normalize(typed, error);
  icu::UnicodeString seen;
  for (std::int32_t i = 0; i < composed.length(); i = composed.moveIndex32(i, 1)) {
    const UChar32 c = composed.char32At(i);
    if (!IsInvisible(c)) {
      seen.append(c);
    }
  }
  std::string out;
  seen.trim().toUTF8String(out);
  return out;
}

std::string NormaliseNumber(absl::string_view text) {
  std::string out;
  for (const char c : NormaliseText(text)) {
    if (c != ' ' && c != '-' && c != '.') {
      out.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
    }
  }
  // Once more: what stood apart by a dash may make one character now.
  return NormaliseText(out);
}

std::string NormalisePhone(absl::string_view text) {
  const std::string number = NormaliseNumber(text);
  absl::string_view digits = number;
  const bool international =
      absl::ConsumePrefix(&digits, "+") || absl::ConsumePrefix(&digits, "00");
  if (digits.size() < 8 || digits.size() > 15 || digits[0] == '0' ||
      !std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit)) {
    return "";
  }
  if (international) {
    return absl::StrCat("+", digits);
  }
  return digits.size() == 11 && digits[0] == '1' ? absl::StrCat("+86", digits) : std::string();
}

}  // namespace houbu::account
