/// Where countries come from: Debian's iso-codes (ISO 3166-1 and 3166-3 with Chinese names) and the
/// display names of ICU, which are those of Unicode's CLDR.
#pragma once

#include <string>

#include "absl/status/statusor.h"

#include "services/account/domain/country.h"

namespace houbu::account {

/// Where iso-codes lies.
struct IsoCodes {
  std::string json_dir = "/usr/share/iso-codes/json";  ///< Of iso_3166-1.json, iso_3166-3.json.
  std::string locale_dir = "/usr/share/locale";        ///< Of zh_CN/LC_MESSAGES/iso_3166-1.mo.
};

/// Loads all countries; says what is missing or malformed in one line. Blocks: for start-up only.
absl::StatusOr<CountryBook> LoadCountries(const IsoCodes& places);

}  // namespace houbu::account
