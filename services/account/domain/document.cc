#include "services/account/domain/document.h"

#include <algorithm>
#include <array>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include "libs/base/text.h"

namespace houbu::account {
namespace {

/// The provinces of GB/T 2260, by the first two digits of a resident ID.
constexpr absl::string_view kProvinces =
    " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65"
    " 71 81 82 83 ";

bool AllDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

/// The day of birth in digits 7 to 14; false where the calendar has no such day.
bool BirthOf(absl::string_view number, absl::CivilDay& birth) {
  int year = 0;
  int month = 0;
  int day = 0;
  const bool read = absl::SimpleAtoi(number.substr(6, 4), &year) &&
                    absl::SimpleAtoi(number.substr(10, 2), &month) &&
                    absl::SimpleAtoi(number.substr(12, 2), &day);
  birth = absl::CivilDay(year, month, day);
  return read && birth.year() == year && birth.month() == month && birth.day() == day;
}

std::string LengthFault(absl::string_view what, int has, int expected) {
  return absl::StrCat(what, " has ", has, " characters, expected ", expected);
}

}  // namespace

absl::string_view DocumentTypeName(DocumentType type) {
  switch (type) {
    case DocumentType::kResidentId:
      return "RESIDENT_ID";
    case DocumentType::kPassport:
      return "PASSPORT";
  }
  return "";
}

absl::StatusOr<DocumentType> ParseDocumentType(absl::string_view name) {
  for (const DocumentType type : {DocumentType::kResidentId, DocumentType::kPassport}) {
    if (DocumentTypeName(type) == name) {
      return type;
    }
  }
  return absl::InternalError(absl::StrCat("unknown document type ", name));
}

char ResidentIdCheck(absl::string_view first_17_digits) {
  constexpr std::array<int, 17> kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr absl::string_view kChecks = "10X98765432";
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    sum += (first_17_digits[i] - '0') * kWeights[i];
  }
  return kChecks[static_cast<std::size_t>(sum % 11)];
}

char MrzCheck(absl::string_view text) {
  constexpr std::array<int, 3> kWeights = {7, 3, 1};
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int value = 0;  // the filler '<'
    if (absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) {
      value = text[i] - '0';
    } else if (absl::ascii_isupper(static_cast<unsigned char>(text[i]))) {
      value = text[i] - 'A' + 10;
    }
    sum += value * kWeights[i % 3];
  }
  return static_cast<char>('0' + sum % 10);
}

std::string ResidentIdFault(absl::string_view number, absl::CivilDay today) {
  const int length = CountCharacters(number);
  if (length != 18) {
    return LengthFault("resident ID number", length, 18);
  }
  if (number.size() != 18 || !AllDigits(number.substr(0, 17))) {
    return "resident ID number must be 17 digits and a check digit";
  }
  if (!absl::StrContains(kProvinces, absl::StrCat(" ", number.substr(0, 2), " "))) {
    return "resident ID number begins with no known province";
  }
  absl::CivilDay birth;
  if (!BirthOf(number, birth) || birth > today || birth < absl::CivilDay(1850, 1, 1)) {
    return "resident ID number has no possible date of birth in digits 7 to 14";
  }
  if (number[17] != ResidentIdCheck(number)) {
    return "resident ID number's check digit does not fit: look for a mistyped digit";
  }
  return "";
}

std::string PassportFault(absl::string_view number, absl::string_view country) {
  const int length = CountCharacters(number);
  const bool plain = std::all_of(number.begin(), number.end(), [](unsigned char c) {
    return absl::ascii_isdigit(c) || absl::ascii_isupper(c);
  });
  if (country == "CN") {
    if (length != 9) {
      return LengthFault("passport number", length, 9);
    }
    if (!plain || !absl::ascii_isupper(static_cast<unsigned char>(number[0])) ||
        !AllDigits(number.substr(2))) {
      return "passport number must be a letter, a letter or digit, and 7 digits";
    }
    return "";
  }
  if (length > 9) {
    return LengthFault("passport number", length, 9);
  }
  if (length < 6 || !plain) {
    return "passport number must be 6 to 9 letters and digits";
  }
  return "";
}

std::string NameFault(absl::string_view name, DocumentType type) {
  const int length = CountCharacters(name);
  if (length < 1 || length > 60) {
    return "must be 1 to 60 characters";
  }
  if (type == DocumentType::kResidentId) {
    return "";
  }
  const bool latin = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return absl::ascii_isupper(c) || c == ' ' || c == '\'' || c == '-' || c == ',';
  });
  return latin ? "" : "must be upper-case Latin letters as in the passport, e.g. LI, YIMING";
}

void CheckDocument(const Document& document, absl::string_view name, absl::CivilDay today,
                   Violations& violations) {
  if (const std::string fault = NameFault(name, document.type); !fault.empty()) {
    violations.Add("full_name", fault);
  }
  const bool card = document.type == DocumentType::kResidentId;
  const std::string fault = card ? ResidentIdFault(document.number, today)
                                 : PassportFault(document.number, document.country);
  if (!fault.empty()) {
    violations.Add("document_number", fault);
  }
  if (!card && document.country.size() != 2) {
    violations.Add("country_code", "must be an ISO 3166-1 alpha-2 code, e.g. CN");
  }
  if (!card && (!document.has_expiry || document.expires < today)) {
    violations.Add("expire_date", "must be the passport's last valid day, today or later");
  }
}

std::string MaskedName(absl::string_view name) {
  if (name.empty()) {
    return "";
  }
  if (static_cast<unsigned char>(name[0]) < 0x80) {
    std::vector<std::string> parts;
    for (const absl::string_view part : absl::StrSplit(name, ' ', absl::SkipEmpty())) {
      parts.push_back(absl::StrCat(part.substr(0, 1), "***"));
    }
    return absl::StrJoin(parts, " ");
  }
  std::size_t first = 1;
  while (first < name.size() && (static_cast<unsigned char>(name[first]) & 0xC0) == 0x80) {
    ++first;
  }
  return absl::StrCat(name.substr(0, first), "**");
}

std::string MaskedNumber(absl::string_view number) {
  if (number.size() <= 5) {
    return std::string(number.size(), '*');
  }
  return absl::StrCat(number.substr(0, 3), std::string(number.size() - 5, '*'),
                      number.substr(number.size() - 2));
}

std::string IdentityOf(const Document& document) {
  return absl::StrCat(absl::AsciiStrToLower(DocumentTypeName(document.type)), ":", document.country,
                      ":", document.number);
}

}  // namespace houbu::account
