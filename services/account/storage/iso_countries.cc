#include "services/account/storage/iso_countries.h"

#include <unicode/locid.h>
#include <unicode/unistr.h>
#include <unicode/ures.h>
#include <unicode/uversion.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "libs/base/status_macros.h"

namespace houbu::account {
namespace {

using Json = nlohmann::json;

/// Texts by what they translate.
using Translations = std::map<std::string, std::string>;

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    return absl::NotFoundError(absl::StrCat(path, " cannot be read: install iso-codes"));
  }
  return text.str();
}

absl::StatusOr<Json> ReadList(const std::string& path, const char* key) {
  ASSIGN_OR_RETURN(const std::string text, ReadWhole(path));
  const Json root = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object() || !root.contains(key) || !root[key].is_array()) {
    return absl::InvalidArgumentError(absl::StrCat(path, " has no list ", key));
  }
  return root[key];
}

/// Reads a message catalogue of GNU gettext in this machine's byte order: a magic number, a
/// version, the number of texts, and where the tables of lengths and offsets of originals and of
/// translations lie.
absl::StatusOr<Translations> ReadCatalogue(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadWhole(path));
  const absl::Status malformed =
      absl::InvalidArgumentError(absl::StrCat(path, " is no message catalogue"));
  const auto word = [&bytes](std::uint64_t at) {
    std::uint32_t value = UINT32_MAX;
    if (at + sizeof(value) <= bytes.size()) std::memcpy(&value, bytes.data() + at, sizeof(value));
    return std::uint64_t{value};
  };
  const auto text = [&](std::uint64_t entry) -> absl::StatusOr<std::string> {
    const std::uint64_t size = word(entry);
    const std::uint64_t offset = word(entry + 4);
    if (offset > bytes.size() || size > bytes.size() - offset) return malformed;
    return bytes.substr(offset, size);
  };
  if (word(0) != 0x950412de) return malformed;
  Translations translations;
  for (std::uint64_t i = 0; i < word(8); ++i) {
    ASSIGN_OR_RETURN(const std::string original, text(word(12) + 8 * i));
    ASSIGN_OR_RETURN(translations[original], text(word(16) + 8 * i));
  }
  return translations;
}

/// What ICU shows for a region in a language, "" where it has no name for it.
std::string DisplayName(const std::string& alpha2, const char* language) {
  icu::UnicodeString shown;
  icu::Locale("", alpha2.c_str()).getDisplayCountry(icu::Locale(language), shown);
  std::string name;
  shown.toUTF8String(name);
  return name == alpha2 ? std::string() : name;
}

/// ICU's other forms of region names in a language, by alpha-2 code: "Countries%short" has "Hong
/// Kong", "Countries%variant" "Ivory Coast". Empty where this ICU has none.
std::map<std::string, std::string> OtherForms(const char* language, const char* table) {
  std::map<std::string, std::string> forms;
  UErrorCode error = U_ZERO_ERROR;
  const std::string package = absl::StrCat("icudt", U_ICU_VERSION_MAJOR_NUM, "l-region");
  const std::unique_ptr<UResourceBundle, decltype(&ures_close)> bundle(
      ures_open(package.c_str(), language, &error), &ures_close);
  const std::unique_ptr<UResourceBundle, decltype(&ures_close)> names(
      U_SUCCESS(error) ? ures_getByKey(bundle.get(), table, nullptr, &error) : nullptr,
      &ures_close);
  if (U_FAILURE(error)) return forms;
  while (ures_hasNext(names.get()) != 0) {
    const char* key = nullptr;
    std::int32_t length = 0;
    const char16_t* const text = ures_getNextString(names.get(), &length, &key, &error);
    if (U_FAILURE(error)) return forms;
    icu::UnicodeString(text, length).toUTF8String(forms[key]);
  }
  return forms;
}

constexpr std::array<const char*, 3> kLanguages = {"en", "zh", "zh_Hant"};

/// The names of all regions that ICU has, gathered once.
struct Shown {
  std::map<std::string, std::map<std::string, std::string>> shorter;  // by language, by region
  std::map<std::string, std::map<std::string, std::string>> variant;
};

Shown GatherShown() {
  Shown shown;
  for (const char* const language : kLanguages) {
    shown.shorter[language] = OtherForms(language, "Countries%short");
    shown.variant[language] = OtherForms(language, "Countries%variant");
  }
  return shown;
}

/// The name a region is commonly shown under: the short form where there is one of some length
/// ("Hong Kong", not "US"), else the usual one.
std::string CommonName(const Shown& shown, const std::string& alpha2, const char* language) {
  const auto& forms = shown.shorter.at(language);
  const auto found = forms.find(alpha2);
  const bool usable = found != forms.end() && (found->second.size() > 3 || language[0] == 'z');
  return usable ? found->second : DisplayName(alpha2, language);
}

void AddShownNames(const Shown& shown, Country& country) {
  country.english = CommonName(shown, country.alpha2, "en");
  country.chinese = CommonName(shown, country.alpha2, "zh");
  for (const char* const language : kLanguages) {
    country.common_names.push_back(CommonName(shown, country.alpha2, language));
    country.other_names.push_back(DisplayName(country.alpha2, language));
    for (const auto* forms : {&shown.shorter, &shown.variant}) {
      const auto found = forms->at(language).find(country.alpha2);
      if (found != forms->at(language).end()) country.other_names.push_back(found->second);
    }
  }
}

std::string TextOf(const Json& entry, const char* key) {
  const auto found = entry.find(key);
  return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Country CountryOf(const Json& entry, const Translations& chinese, const Shown& shown) {
  Country country;
  country.alpha2 = TextOf(entry, "alpha_2");
  country.alpha3 = TextOf(entry, "alpha_3");
  AddShownNames(shown, country);
  for (const char* const key : {"name", "common_name", "official_name"}) {
    const std::string name = TextOf(entry, key);
    if (name.empty()) continue;
    country.other_names.push_back(name);
    const auto translated = chinese.find(name);
    if (translated != chinese.end()) country.other_names.push_back(translated->second);
  }
  return country;
}

FormerCountry FormerOf(const Json& entry, const Translations& chinese) {
  FormerCountry former;
  former.alpha2 = TextOf(entry, "alpha_2");
  former.alpha3 = TextOf(entry, "alpha_3");
  former.withdrawn = TextOf(entry, "withdrawal_date");
  const std::string name = TextOf(entry, "name");
  former.names.push_back(name);
  // "Yugoslavia, (Socialist) Federal Republic of" is called Yugoslavia.
  const std::size_t comma = name.find(',');
  if (comma != std::string::npos) former.names.push_back(name.substr(0, comma));
  const auto translated = chinese.find(name);
  if (translated != chinese.end()) former.names.push_back(translated->second);
  return former;
}

}  // namespace

absl::StatusOr<CountryBook> LoadCountries(const IsoCodes& places) {
  ASSIGN_OR_RETURN(const Json present, ReadList(places.json_dir + "/iso_3166-1.json", "3166-1"));
  ASSIGN_OR_RETURN(const Json past, ReadList(places.json_dir + "/iso_3166-3.json", "3166-3"));
  const std::string messages = places.locale_dir + "/zh_CN/LC_MESSAGES/";
  ASSIGN_OR_RETURN(const Translations chinese, ReadCatalogue(messages + "iso_3166-1.mo"));
  ASSIGN_OR_RETURN(const Translations past_chinese, ReadCatalogue(messages + "iso_3166-3.mo"));
  const Shown shown = GatherShown();
  std::vector<Country> countries;
  for (const Json& entry : present) {
    countries.push_back(CountryOf(entry, chinese, shown));
  }
  std::vector<FormerCountry> former;
  for (const Json& entry : past) {
    former.push_back(FormerOf(entry, past_chinese));
  }
  // The one user-assigned code that people type as a country's.
  std::map<std::string, std::vector<std::string>> user_named;
  for (const char* const language : kLanguages) {
    user_named["XK"].push_back(DisplayName("XK", language));
  }
  return CountryBook::Of(std::move(countries), std::move(former), std::move(user_named));
}

}  // namespace houbu::account
