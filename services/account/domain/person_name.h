/// Names of persons as documents write them.
///
/// Chinese documents (resident identity cards, residence permits) have 1 to 60 Chinese characters;
/// those of names from other languages are parted by the middle dot U+00B7, for which people type
/// whatever dot their keyboard has. Passports have upper-case Latin letters as in the
/// machine-readable zone. Travel permits and permanent residence cards have one or the other.
///
/// Words that mean something to programs ("null", "true") are names like others.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace houbu::account {

/// In which letters a document writes its holder's name.
enum class NameScript { kChinese, kLatin, kEither };

/// The normal form of a name: NFKC (so full-width Latin, no-break blanks, and letters typed as base
/// and mark are as everybody's), outer blanks cut, runs of blanks made one, the dots U+2022,
/// U+2027, U+22C5, U+30FB made U+00B7 and bare of blanks around; zero-width characters and
/// variation selectors, which copying leaves behind, taken out. Where the script is Latin, or the
/// name has no Chinese character and the script is either: upper-case, typographic apostrophes and
/// hyphens made plain, accents off letters whose zone spelling is one (É is E). What is not sound
/// UTF-8 gives "".
std::string NormaliseName(absl::string_view typed, NameScript script);

/// Says what is wrong with a name in its normal form and what to do, "" when nothing is. Never
/// quotes the name; a single offending character is named.
std::string NameFault(absl::string_view name, NameScript script);

/// Shows who is meant and no more: "旅**" or "L*** A***".
std::string MaskedName(absl::string_view name);

}  // namespace houbu::account
