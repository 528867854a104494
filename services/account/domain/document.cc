#include "services/account/domain/document.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

#include "libs/base/text.h"
#include "services/account/domain/normalise.h"

namespace houbu::account {
namespace {

bool AllDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool AllLetters(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isupper);
}

bool AllPlain(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isdigit(c) || absl::ascii_isupper(c);
  });
}

std::string LengthFault(int has, absl::string_view expected) {
  return absl::StrCat("has ", has, " characters, expected ", expected);
}

/// How a kind's number is called in what is said about it.
absl::string_view NumberNoun(DocumentType type) {
  switch (type) {
    case DocumentType::kResidentId:
      return "resident ID number";
    case DocumentType::kPassport:
      return "passport number";
    case DocumentType::kHkMacaoTravelPermit:
    case DocumentType::kTaiwanTravelPermit:
      return "travel permit number";
    case DocumentType::kResidencePermit:
      return "residence permit number";
    case DocumentType::kPermanentResidenceCard:
      return "permanent residence card number";
    case DocumentType::kVisa:
      return "visa number";
    case DocumentType::kTravelAuthorisation:
      return "authorisation number";
    case DocumentType::kHealthReport:
      return "report number";
    case DocumentType::kVaccinationCertificate:
      return "certificate number";
  }
  return "";
}

std::string HkMacaoFault(absl::string_view number) {
  const int length = CountCharacters(number);
  if (length != 9 && length != 11) {
    return LengthFault(length, "9 (a letter and 8 digits), or 11 with the two of the replacement");
  }
  if ((number[0] != 'H' && number[0] != 'M') || !AllDigits(number.substr(1))) {
    return "must be H (Hong Kong) or M (Macao) and digits";
  }
  return "";
}

std::string TaiwanFault(absl::string_view number) {
  const int length = CountCharacters(number);
  if (length != 8 && length != 11) {
    return LengthFault(length, "8, or 11 of an old permit (10 digits and a letter or digit)");
  }
  const bool digits = AllDigits(number.substr(0, length == 8 ? 8 : 10));
  return digits && AllPlain(number) ? "" : "must be 8 digits, or 10 digits and a letter or digit";
}

std::string PermanentCardFault(absl::string_view number, absl::CivilDay today) {
  const int length = CountCharacters(number);
  if (length == 15) {
    return AllLetters(number.substr(0, 3)) && AllDigits(number.substr(3))
               ? ""
               : "must be 3 letters and 12 digits, or the 18 characters of a card since 2023";
  }
  if (length != 18) {
    return LengthFault(length, "18, or 15 of a card from before December 2023");
  }
  return IdNumberFault(number, IdShape::kPermanentCard, today);
}

std::string FreeNumberFault(absl::string_view number) {
  const int length = CountCharacters(number);
  if (length < 1 || length > 30) {
    return LengthFault(length, "1 to 30");
  }
  return AllPlain(number) ? "" : "must be letters A to Z and digits";
}

bool NeedsCategory(DocumentType type) {
  return type == DocumentType::kVisa || type == DocumentType::kTravelAuthorisation ||
         type == DocumentType::kVaccinationCertificate;
}

bool HasOwnCountry(DocumentType type) {
  return type == DocumentType::kPassport || !Identifies(type);
}

void CheckCategory(const Document& document, Violations& violations) {
  const bool plain =
      std::all_of(document.category.begin(), document.category.end(), [](unsigned char c) {
        return absl::ascii_isdigit(c) || absl::ascii_isupper(c) || c == '/' || c == '_' || c == '-';
      });
  if (NeedsCategory(document.type) && document.category.empty()) {
    violations.Add("category", "is required: what was given, e.g. B1/B2, ESTA or YELLOW_FEVER");
  } else if (Identifies(document.type) && !document.category.empty()) {
    violations.Add("category", "does not go with this kind of document: leave it out");
  } else if (document.category.size() > 30 || !plain) {
    violations.Add("category", "must be 1 to 30 letters, digits, /, _ and -");
  }
}

}  // namespace

absl::string_view DocumentTypeName(DocumentType type) {
  switch (type) {
    case DocumentType::kResidentId:
      return "RESIDENT_ID";
    case DocumentType::kPassport:
      return "PASSPORT";
    case DocumentType::kHkMacaoTravelPermit:
      return "HK_MACAO_TRAVEL_PERMIT";
    case DocumentType::kTaiwanTravelPermit:
      return "TAIWAN_TRAVEL_PERMIT";
    case DocumentType::kResidencePermit:
      return "RESIDENCE_PERMIT";
    case DocumentType::kPermanentResidenceCard:
      return "PERMANENT_RESIDENCE_CARD";
    case DocumentType::kVisa:
      return "VISA";
    case DocumentType::kTravelAuthorisation:
      return "TRAVEL_AUTHORISATION";
    case DocumentType::kHealthReport:
      return "HEALTH_REPORT";
    case DocumentType::kVaccinationCertificate:
      return "VACCINATION_CERTIFICATE";
  }
  return "";
}

absl::StatusOr<DocumentType> ParseDocumentType(absl::string_view name) {
  for (const DocumentType type : kDocumentTypes) {
    if (DocumentTypeName(type) == name) {
      return type;
    }
  }
  return absl::InternalError(absl::StrCat("unknown document type ", name));
}

bool TellsOfHealth(DocumentType type) {
  return type == DocumentType::kHealthReport || type == DocumentType::kVaccinationCertificate;
}

bool Identifies(DocumentType type) {
  switch (type) {
    case DocumentType::kResidentId:
    case DocumentType::kPassport:
    case DocumentType::kHkMacaoTravelPermit:
    case DocumentType::kTaiwanTravelPermit:
    case DocumentType::kResidencePermit:
    case DocumentType::kPermanentResidenceCard:
      return true;
    case DocumentType::kVisa:
    case DocumentType::kTravelAuthorisation:
    case DocumentType::kHealthReport:
    case DocumentType::kVaccinationCertificate:
      return false;
  }
  return false;
}

NameScript NameScriptOf(DocumentType type) {
  switch (type) {
    case DocumentType::kResidentId:
    case DocumentType::kResidencePermit:
      return NameScript::kChinese;
    case DocumentType::kPassport:
      return NameScript::kLatin;
    case DocumentType::kHkMacaoTravelPermit:
    case DocumentType::kTaiwanTravelPermit:
    case DocumentType::kPermanentResidenceCard:
    case DocumentType::kVisa:
    case DocumentType::kTravelAuthorisation:
    case DocumentType::kHealthReport:
    case DocumentType::kVaccinationCertificate:
      return NameScript::kEither;
  }
  return NameScript::kEither;
}

void NormaliseDocument(Document& document) {
  document.number = NormaliseNumber(document.number);
  document.category = NormaliseNumber(document.category);
  if (document.type == DocumentType::kResidentId) {
    document.number = LongResidentId(document.number);
  }
  if (document.type == DocumentType::kTaiwanTravelPermit) {
    // Old permits print the last character in parentheses.
    document.number = absl::StrReplaceAll(document.number, {{"(", ""}, {")", ""}});
  }
  document.country = HasOwnCountry(document.type) ? NormaliseNumber(document.country) : "CN";
  document.full_name = NormaliseName(document.full_name, NameScriptOf(document.type));
}

std::string PassportFault(absl::string_view number, absl::string_view country) {
  const int length = CountCharacters(number);
  if (country == "CN") {
    if (length != 9) {
      return LengthFault(length, "9");
    }
    if (!AllPlain(number) || !absl::ascii_isupper(static_cast<unsigned char>(number[0])) ||
        !AllDigits(number.substr(2))) {
      return "must be a letter, a letter or digit, and 7 digits";
    }
    return "";
  }
  if (length > 9) {
    return LengthFault(length, "9");
  }
  if (length < 6 || !AllPlain(number)) {
    return "must be 6 to 9 letters and digits";
  }
  return "";
}

std::string NumberFault(const Document& document, absl::CivilDay today) {
  switch (document.type) {
    case DocumentType::kResidentId:
      return IdNumberFault(document.number, IdShape::kResidentId, today);
    case DocumentType::kPassport:
      return PassportFault(document.number, document.country);
    case DocumentType::kHkMacaoTravelPermit:
      return HkMacaoFault(document.number);
    case DocumentType::kTaiwanTravelPermit:
      return TaiwanFault(document.number);
    case DocumentType::kResidencePermit:
      return IdNumberFault(document.number, IdShape::kResidencePermit, today);
    case DocumentType::kPermanentResidenceCard:
      return PermanentCardFault(document.number, today);
    case DocumentType::kVisa:
    case DocumentType::kTravelAuthorisation:
    case DocumentType::kHealthReport:
    case DocumentType::kVaccinationCertificate:
      return FreeNumberFault(document.number);
  }
  return "";
}

std::string NameFault(absl::string_view name, DocumentType type) {
  return NameFault(name, NameScriptOf(type));
}

void CheckDocument(const Document& document, absl::string_view name, absl::CivilDay today,
                   Violations& violations) {
  if (Identifies(document.type)) {
    if (const std::string fault = NameFault(name, document.type); !fault.empty()) {
      violations.Add("full_name", fault);
    }
  }
  if (const std::string fault = NumberFault(document, today); !fault.empty()) {
    violations.Add("document_number", absl::StrCat(NumberNoun(document.type), " ", fault));
  }
  if (document.country.size() != 2 || !AllLetters(document.country)) {
    violations.Add("country_code", "must be an ISO 3166-1 alpha-2 code, e.g. CN");
  }
  const bool needs_expiry = document.type != DocumentType::kResidentId;
  if ((needs_expiry && !document.has_expiry) || !HoldsOn(document, today)) {
    violations.Add("expire_date", "must be the document's last valid day, today or later");
  }
  CheckCategory(document, violations);
  if (document.blank_pages != -1 && document.type != DocumentType::kPassport) {
    violations.Add("blank_pages", "goes with passports only: leave it out");
  } else if (document.blank_pages < -1 || document.blank_pages > 200) {
    violations.Add("blank_pages", "must be 0 to 200");
  }
}

std::optional<absl::CivilDay> BirthOf(const Document& document) {
  const bool tells =
      document.type == DocumentType::kResidentId ||
      document.type == DocumentType::kResidencePermit ||
      (document.type == DocumentType::kPermanentResidenceCard && document.number.size() == 18);
  return tells ? std::optional<absl::CivilDay>(FactsOf(document.number).birth) : std::nullopt;
}

bool HoldsOn(const Document& document, absl::CivilDay day) {
  return !document.has_expiry || day <= document.expires;
}

std::string MaskedNumber(absl::string_view number) {
  if (number.size() <= 5) {
    return std::string(number.size(), '*');
  }
  return absl::StrCat(number.substr(0, 3), std::string(number.size() - 5, '*'),
                      number.substr(number.size() - 2));
}

std::string IdentityOf(const Document& document) {
  std::string number = document.number;
  if (document.type == DocumentType::kResidentId) {
    number = LongResidentId(number);
  }
  if (document.type == DocumentType::kHkMacaoTravelPermit) {
    number.resize(std::min<std::size_t>(number.size(), 9));
  }
  return absl::StrCat(absl::AsciiStrToLower(DocumentTypeName(document.type)), ":", document.country,
                      ":", number);
}

}  // namespace houbu::account
