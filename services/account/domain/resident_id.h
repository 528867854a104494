/// Numbers of GB 11643-1999: on resident identity cards, and in the same shape on the residence
/// permits of Hong Kong, Macao and Taiwan residents and on foreigners' permanent residence cards.
///
/// Six digits of a region (GB/T 2260), eight of the date of birth, three in sequence (the last is
/// odd for men, even for women), and a check character after ISO 7064 MOD 11-2, which is 0 to 9
/// or X.
///
/// Numbers given before October 1999 had 15 digits: the year of birth with two digits and no check
/// character. Everybody who has one has the long one too, with `19` before the year and the check
/// character computed, so the long form is the only one that is kept. Sequences 996 to 999 of the
/// short form were reserved for people born before 1900: what year to put there cannot be told from
/// the number, so the long one is asked for.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace houbu::account {

/// What a document says of its holder's sex.
enum class Sex { kUnspecified, kFemale, kMale };

/// The check character of the first 17 digits: '0' to '9' or 'X'.
char ResidentIdCheck(absl::string_view first_17_digits);

/// The 18 characters of a 15-digit number; every other text as it is.
std::string LongResidentId(absl::string_view number);

/// Whose numbers are meant: what may stand in the first digits.
enum class IdShape {
  kResidentId,       ///< A province of GB/T 2260.
  kResidencePermit,  ///< 810000, 820000 or 830000.
  kPermanentCard,    ///< 9, then the province that issued it and the country in digits.
};

/// Says what is wrong with a number in its normal form, "" when nothing is: length, digits, region,
/// date of birth (in the calendar, not after `today`, not before 1850), check character.
std::string IdNumberFault(absl::string_view number, IdShape shape, absl::CivilDay today);

/// What a number tells of its holder.
struct IdFacts {
  absl::CivilDay birth;
  Sex sex = Sex::kUnspecified;
};

/// Reads a sound number, 15 digits or 18 characters.
IdFacts FactsOf(absl::string_view number);

}  // namespace houbu::account
