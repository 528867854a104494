/// Names as they stand in machine-readable zones, and whether a typed name is the one there.
///
/// Doc 9303 part 3 section 6 gives each Latin letter that A to Z lack one or more ways to be
/// written: É is E; Ä is AE or A, Ñ is N or NXX, Ü is UE, UXX or U. Apostrophes are left out,
/// hyphens and blanks become `<`, and `<<` parts the surname from the given names. A name longer
/// than its field is cut.
///
/// Chinese passports write the ü of LÜ and NÜ as YU and that of LÜE and NÜE as U (notice of the
/// National Immigration Administration of 2021-09-29); older ones have V. So in documents issued by
/// CHN the spellings LYU, LV and LÜ are one name, as are LUE, LYUE, LVE and LÜE. LU is another
/// name (陆, 卢): where an old passport prints LU for 吕, LU is to be typed.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "services/account/domain/mrz.h"

namespace houbu::account {

/// The ways the zone may write one upper-case letter, the recommended first; empty for what Doc
/// 9303 has no Latin writing for.
std::vector<std::string> MrzSpellings(char32_t letter);

/// "SURNAME, GIVEN NAMES" as the zone's field of `width` characters, in recommended spellings,
/// filled or cut. Without a comma all words are the surname's, as Doc 9303 writes single names.
std::string MrzNameField(absl::string_view name, int width);

/// Tells whether a typed name, in any case and with or without its comma, is the one of the zone.
/// In a zone whose name may have been cut, words may be shortened and the last ones left out.
bool IsNameOf(const Mrz& mrz, absl::string_view typed);

}  // namespace houbu::account
