/// A document as people give it: typed, read from its machine-readable zone, or both. What
/// is given twice must agree; every disagreement is named in the field that was typed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"

#include "libs/base/refusal.h"
#include "services/account/domain/country.h"
#include "services/account/domain/document.h"

namespace houbu::account {

/// What was given; empty and unset where nothing was.
struct DocumentEntry {
  Document document;  ///< As typed; the country as a code or a name.
  std::optional<absl::CivilDay> birth;
  std::vector<std::string> mrz_lines;
};

/// A document in its normal form, and when its holder was born where that is known.
struct CheckedDocument {
  Document document;
  std::optional<absl::CivilDay> birth;
};

/// Reads the zone where there is one, resolves the country, brings every field into its normal form
/// and checks it. What is wrong is added to `violations`, one a field, in the fields full_name,
/// document_type, document_number, country_code, expire_date, birth_date, category, blank_pages and
/// those of ReadMrz.
CheckedDocument CheckEntry(const DocumentEntry& entry, const CountryBook& countries,
                           absl::CivilDay today, Violations& violations);

}  // namespace houbu::account
