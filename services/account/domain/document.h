/// Travel documents: what says who somebody is, and what a journey takes
/// besides.
///
/// | kind | number | country | last day |
/// |---|---|---|---|
/// | resident identity card | GB 11643: 18, or 15 of an old card | CN | may be left out |
/// | passport | Chinese: letter, letter or digit, 7 digits; others 6 to 9 letters, digits | issuer
/// | yes | | travel permit of Hong Kong and Macao residents (回乡证) | H or M, 8 digits, maybe 2
/// more | CN | yes | | travel permit of Taiwan residents (台胞证) | 8 digits; old ones 10 and a
/// letter or digit | CN | yes | | residence permit of Hong Kong, Macao, Taiwan residents | GB
/// 11643, from 810000, 820000, 830000 | CN | yes | | foreigner's permanent residence card | GB
/// 11643 shape from 9; old ones 3 letters, 12 digits | CN | yes | | visa, travel authorisation | 1
/// to 30 letters and digits | who gave it | yes | | health report, vaccination certificate | 1 to
/// 30 letters and digits | where it was made | yes |
///
/// The first six kinds say who the holder is; a passenger has one of them at least. The two digits
/// after the ninth character of a 回乡证 count replacements, so the holder is known by the first
/// nine.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

#include "libs/base/refusal.h"
#include "services/account/domain/person_name.h"
#include "services/account/domain/resident_id.h"

namespace houbu::account {

/// The kind of a document.
enum class DocumentType {
  kResidentId,
  kPassport,
  kHkMacaoTravelPermit,
  kTaiwanTravelPermit,
  kResidencePermit,
  kPermanentResidenceCard,
  kVisa,
  kTravelAuthorisation,
  kHealthReport,
  kVaccinationCertificate,
};

/// All kinds, in their order.
inline constexpr std::array<DocumentType, 10> kDocumentTypes = {
    DocumentType::kResidentId,
    DocumentType::kPassport,
    DocumentType::kHkMacaoTravelPermit,
    DocumentType::kTaiwanTravelPermit,
    DocumentType::kResidencePermit,
    DocumentType::kPermanentResidenceCard,
    DocumentType::kVisa,
    DocumentType::kTravelAuthorisation,
    DocumentType::kHealthReport,
    DocumentType::kVaccinationCertificate};

/// The name under which a kind is kept: "RESIDENT_ID".
absl::string_view DocumentTypeName(DocumentType type);

/// Reads what DocumentTypeName gave.
absl::StatusOr<DocumentType> ParseDocumentType(absl::string_view name);

/// Whether the kind says who its holder is.
bool Identifies(DocumentType type);

/// Whether it tells of somebody's health: kept with their consent only.
bool TellsOfHealth(DocumentType type);

/// In which letters the kind writes its holder's name.
NameScript NameScriptOf(DocumentType type);

/// A document as it was checked: every field in its normal form.
struct Document {
  DocumentType type = DocumentType::kResidentId;
  std::string number;   ///< Personal.
  std::string country;  ///< ISO 3166-1 alpha-2 of who issued it, XK for Kosovo's passports.
  absl::CivilDay expires;
  bool has_expiry = false;
  std::string full_name;  ///< Personal. As the document writes it; empty for kinds that do not.
  /// What is given, in the issuer's words: "B1/B2" of a visa, "ESTA" of an authorisation,
  /// "YELLOW_FEVER" of a vaccination. Empty for the kinds that say who somebody is.
  std::string category;
  int blank_pages = -1;  ///< Of a passport; -1 where nobody said.
};

/// Brings number, category and country into their normal form, from what was typed.
void NormaliseDocument(Document& document);

/// Says what is wrong with a passport number of `country` in its normal form, "" when nothing is:
/// Chinese ones are a letter, a letter or digit, and 7 digits; others 6 to 9 letters and digits.
std::string PassportFault(absl::string_view number, absl::string_view country);

/// Says what is wrong with the number of a document in its normal form, "" when nothing is; begins
/// with a verb ("has 10 characters, expected 9").
std::string NumberFault(const Document& document, absl::CivilDay today);

/// Says what is wrong with a holder's name as it stands in a document of that kind, "" when nothing
/// is.
std::string NameFault(absl::string_view name, DocumentType type);

/// Notes everything that is wrong with a document and its holder's name, in the fields full_name,
/// document_number, country_code, expire_date, category, blank_pages.
void CheckDocument(const Document& document, absl::string_view name, absl::CivilDay today,
                   Violations& violations);

/// The day of birth that the number tells, nothing where it tells none.
std::optional<absl::CivilDay> BirthOf(const Document& document);

/// Whether the document still holds on `day`.
bool HoldsOn(const Document& document, absl::CivilDay day);

/// Shows the first three and the last two characters.
std::string MaskedNumber(absl::string_view number);

/// What a person's pseudonym is made from: the same for the same document in every account, for
/// both forms of a resident ID number, and for a 回乡证 and its replacements.
std::string IdentityOf(const Document& document);

}  // namespace houbu::account
