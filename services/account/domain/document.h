/// Travel documents: resident identity cards and passports.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

#include "libs/base/refusal.h"

namespace houbu::account {

/// The kind of a document.
enum class DocumentType { kResidentId, kPassport };

/// The name under which a kind is kept: "RESIDENT_ID".
absl::string_view DocumentTypeName(DocumentType type);

/// Reads what DocumentTypeName gave.
absl::StatusOr<DocumentType> ParseDocumentType(absl::string_view name);

/// A document as it was checked: every field in its normal form.
struct Document {
  DocumentType type = DocumentType::kResidentId;
  std::string number;   ///< Personal.
  std::string country;  ///< ISO 3166-1 alpha-2; CN for resident IDs.
  absl::CivilDay expires;
  bool has_expiry = false;
};

/// The GB 11643 check character of the first 17 digits: '0' to '9' or 'X'.
char ResidentIdCheck(absl::string_view first_17_digits);

/// The ICAO 9303 check digit over digits, capital letters and '<': weights 7, 3, 1.
char MrzCheck(absl::string_view text);

/// Says what is wrong with a resident ID number in its normal form, "" when nothing is. Checks the
/// length, the digits, the province, the date of birth (not after `today`) and the check digit.
std::string ResidentIdFault(absl::string_view number, absl::CivilDay today);

/// Says what is wrong with a passport number of `country` in its normal form, "" when nothing is:
/// Chinese ones are a letter, a letter or digit, and 7 digits; others 6 to 9 letters and digits.
std::string PassportFault(absl::string_view number, absl::string_view country);

/// Says what is wrong with a holder's name as it stands in a document of that kind, "" when nothing
/// is: passports in upper-case Latin as in the MRZ.
std::string NameFault(absl::string_view name, DocumentType type);

/// Notes everything that is wrong with a document and its holder's name.
void CheckDocument(const Document& document, absl::string_view name, absl::CivilDay today,
                   Violations& violations);

/// Shows who is meant and no more: "旅**" or "L*** A***".
std::string MaskedName(absl::string_view name);

/// Shows the first three and the last two characters.
std::string MaskedNumber(absl::string_view number);

/// What a person's pseudonym is made from: the same for the same document in every account.
std::string IdentityOf(const Document& document);

}  // namespace houbu::account
