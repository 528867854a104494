#include "services/account/domain/password.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "libs/base/text.h"

namespace houbu::account {
namespace {

/// "aaaaaaaaaaaaaaa" and "123123123123123": a short word over and over.
bool IsRepetition(absl::string_view text) {
  for (std::size_t length = 1; length <= 4 && length * 2 <= text.size(); ++length) {
    if (text.substr(length) == text.substr(0, text.size() - length)) {
      return true;
    }
  }
  return false;
}

bool HoldsOwn(absl::string_view password, const std::vector<std::string>& own) {
  for (const std::string& word : own) {
    const absl::string_view local = absl::string_view(word).substr(0, word.find('@'));
    const absl::string_view core = local.substr(local.size() > 11 ? local.size() - 11 : 0);
    if (core.size() >= 4 && absl::StrContains(password, core)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string NormalisePassword(absl::string_view typed) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(error);
  if (U_FAILURE(error) || !IsValidUtf8(typed)) {
    return "";
  }
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(typed.data(), static_cast<std::int32_t>(typed.size())));
  std::string out;
  nfkc->normalize(text, error).toUTF8String(out);
  return U_SUCCESS(error) ? out : "";
}

std::string PasswordFault(absl::string_view password, bool has_second_factor,
                          const std::vector<std::string>& own, const IsCommon& common) {
  const int length = CountCharacters(password);
  const int least = has_second_factor ? kPasswordWithFactorMin : kPasswordAloneMin;
  if (length < least) {
    return absl::StrCat("must have at least ", least, " characters",
                        has_second_factor ? "" : ", or 8 with a second factor turned on");
  }
  if (length > kPasswordMax) {
    return absl::StrCat("must have at most ", kPasswordMax, " characters");
  }
  const std::string lower = absl::AsciiStrToLower(password);
  if (IsRepetition(lower) || common(lower)) {
    return "is one that everybody tries; take another";
  }
  if (HoldsOwn(lower, own)) {
    return "must not hold your phone number or e-mail address";
  }
  return "";
}

bool StandsAlone(absl::string_view password) {
  return CountCharacters(password) >= kPasswordAloneMin;
}

}  // namespace houbu::account
