/// The machine-readable zone of travel documents (ICAO Doc 9303): two or three lines of capital
/// letters, digits and the filler `<` that say again what the page says, with check digits.
///
/// | format | lines | documents |
/// |---|---|---|
/// | TD3 | 2 of 44 | passports |
/// | TD2 | 2 of 36 | identity cards |
/// | TD1 | 3 of 30 | identity cards, permits |
/// | MRV-A | 2 of 44, beginning with V | visas |
/// | MRV-B | 2 of 36, beginning with V | visas |
///
/// Lines come from a scanner or a keyboard, so they are read with some patience: lower case and
/// full-width characters, blanks around a line, `«` for `<<` and `‹` for `<` (word processors make
/// them) are put right; all lines in one are split. Blanks inside a line are fillers where the line
/// has the right length with them, and else are taken out. Nothing else is guessed: a letter O in a
/// date is named, not replaced.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

#include "libs/base/refusal.h"
#include "services/account/domain/resident_id.h"

namespace houbu::account {

/// The layout of a zone.
enum class MrzFormat { kTd1, kTd2, kTd3, kMrvA, kMrvB };

/// The name of a format as Doc 9303 writes it: "TD3", "MRV-A".
absl::string_view MrzFormatName(MrzFormat format);

/// What a zone says, fillers taken out.
struct Mrz {
  MrzFormat format = MrzFormat::kTd3;
  std::string document_code;    ///< "P", "PM", "I", "V".
  std::string issuer;           ///< Of three letters, or fewer: "D". Not always ISO 3166-1.
  std::string number;           ///< Personal. Whole, also where it overflows into optional data.
  std::string nationality;      ///< As the issuer.
  std::string optional_data;    ///< Personal. Both fields of TD1, with a blank between.
  std::string primary;          ///< Personal. The surname, words apart by one blank.
  std::string secondary;        ///< Personal. The given names, words apart by one blank.
  bool name_truncated = false;  ///< The name fills its field, so it may have been cut.
  Sex sex = Sex::kUnspecified;
  std::string birth_digits;  ///< Personal. YYMMDD; fillers where a part is not known.
  /// Personal. The latest such day that is not after today; nothing where a part is not known.
  std::optional<absl::CivilDay> birth;
  /// The such day that is less than 50 years after today and no more than 50 before; nothing where
  /// the document does not end.
  std::optional<absl::CivilDay> expires;
};

/// The ICAO 9303 check digit over digits, capital letters and '<': weights 7, 3, 1.
char MrzCheck(absl::string_view text);

/// Reads a zone. What is wrong is added to `violations`, each with the field of the zone it is in
/// ("mrz.birth_date"; "mrz" for the whole); then there is nothing to return. Check digits, dates in
/// the calendar, no birth to come, letters in names, the characters of every line. Whether the
/// issuer exists is for the country book (CountryBook::OfMrzCode).
std::optional<Mrz> ReadMrz(const std::vector<std::string>& lines, absl::CivilDay today,
                           Violations& violations);

}  // namespace houbu::account
