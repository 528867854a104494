#include "services/account/domain/identifier.h"

#include <unicode/idna.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "services/account/domain/document.h"
#include "services/account/domain/normalise.h"

namespace houbu::account {
namespace {

constexpr std::size_t kEmailMax = 254;
constexpr std::size_t kLocalMax = 64;
constexpr std::size_t kResidentIdLength = 18;

/// The `dot-atom` of RFC 5322, without what begins, ends or doubles a dot.
bool IsLocalPart(absl::string_view text) {
  constexpr absl::string_view kSpecial = "!#$%&'*+/=?^_`{|}~-.";
  const bool plain = std::all_of(text.begin(), text.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kSpecial.find(c) != absl::string_view::npos;
  });
  return plain && !text.empty() && text.size() <= kLocalMax && text.front() != '.' &&
         text.back() != '.' && text.find("..") == absl::string_view::npos;
}

/// A domain of at least two labels in ASCII; "" for what is none.
std::string AsciiDomain(absl::string_view typed) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::IDNA> idna(
      icu::IDNA::createUTS46Instance(UIDNA_USE_STD3_RULES | UIDNA_NONTRANSITIONAL_TO_ASCII, error));
  if (U_FAILURE(error)) {
    return "";
  }
  std::string ascii;
  icu::StringByteSink<std::string> sink(&ascii);
  icu::IDNAInfo info;
  idna->nameToASCII_UTF8(icu::StringPiece(typed.data(), static_cast<std::int32_t>(typed.size())),
                         sink, info, error);
  const bool fits = U_SUCCESS(error) && !info.hasErrors() && ascii.find('.') != std::string::npos &&
                    ascii.back() != '.';
  return fits ? ascii : "";
}

bool LooksLikeResidentId(absl::string_view number) {
  return number.size() == kResidentIdLength &&
         std::all_of(number.begin(), number.end() - 1, absl::ascii_isdigit) &&
         (absl::ascii_isdigit(static_cast<unsigned char>(number.back())) || number.back() == 'X') &&
         number.back() == ResidentIdCheck(number);
}

}  // namespace

std::string NormaliseEmail(absl::string_view typed) {
  const std::string text = NormaliseText(typed);
  const std::vector<std::string> parts = absl::StrSplit(text, '@');
  if (parts.size() != 2 || !IsLocalPart(parts[0])) {
    return "";
  }
  const std::string domain = AsciiDomain(parts[1]);
  std::string email = absl::AsciiStrToLower(absl::StrCat(parts[0], "@", domain));
  return domain.empty() || email.size() > kEmailMax ? "" : email;
}

std::optional<Identifier> ParseIdentifier(absl::string_view typed) {
  Identifier identifier;
  if (NormaliseText(typed).find('@') != std::string::npos) {
    identifier.kind = Identifier::Kind::kEmail;
    identifier.text = NormaliseEmail(typed);
  } else if (std::string number = NormaliseNumber(typed); LooksLikeResidentId(number)) {
    identifier.kind = Identifier::Kind::kResidentId;
    identifier.text = std::move(number);
  } else {
    identifier.text = NormalisePhone(typed);
  }
  return identifier.text.empty() ? std::nullopt : std::optional<Identifier>(identifier);
}

std::string MaskedPhone(absl::string_view phone) {
  return absl::StrCat(phone.substr(0, 3), std::string(phone.size() - 7, '*'),
                      phone.substr(phone.size() - 4));
}

std::string MaskedEmail(absl::string_view email) {
  return email.empty() ? ""
                       : absl::StrCat(email.substr(0, 1), "***", email.substr(email.find('@')));
}

}  // namespace houbu::account
