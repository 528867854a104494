/// Countries as people name them, resolved to ISO 3166-1 alpha-2 codes.
///
/// A name is compared without case, accents, punctuation and articles, in English and in simplified
/// or traditional Chinese; "Korea, Republic of" is also "Republic of Korea". What is resolved:
/// * an alpha-2 or alpha-3 code, in any case;
/// * a name that is exactly one country's, unless it is unclear all the same.
///
/// Unclear is a name that several countries have, that is only a part of names ("Korea"), or that
/// is one country's while others are called after it too: by two others or more ("Guinea",
/// "几内亚"), or by one where it is not the name that is commonly shown ("Congo", "刚果"). Then the
/// candidates are told and nothing is chosen, and so it is with misspellings: one slip in names of
/// up to 5 letters or of Chinese characters, two in longer ones.
///
/// Codes that ISO leaves to users (AA, QM to QZ, XA to XZ, ZZ), Kosovo's XK among them, and codes
/// and names of countries that are no more (ISO 3166-3) are answered as what they are.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "libs/base/refusal.h"

namespace houbu::account {

/// It may mean several countries: metadata `candidates` ("KP,KR") and `names`.
inline constexpr Refusal kCountryUnclear{
    absl::StatusCode::kInvalidArgument, "COUNTRY_UNCLEAR",
    "The country is not clear: choose one of the candidates by its code."};
/// No country is called so, and none similarly.
inline constexpr Refusal kCountryUnknown{
    absl::StatusCode::kInvalidArgument, "COUNTRY_UNKNOWN",
    "No country has this code or name: give its ISO 3166-1 code or its usual name."};
/// A code of ISO 3166-1's user-assigned range: metadata `code`, and `names` where it has one.
inline constexpr Refusal kCountryUserAssigned{
    absl::StatusCode::kInvalidArgument, "COUNTRY_USER_ASSIGNED",
    "ISO 3166-1 assigns this code to no country: give the code of the country that is meant."};
/// A country that is no more (ISO 3166-3): metadata `names`, `withdrawn`.
inline constexpr Refusal kCountryFormer{absl::StatusCode::kInvalidArgument, "COUNTRY_FORMER",
                                        "This country is no more: give the one that is there now."};

/// A country of ISO 3166-1.
struct Country {
  std::string alpha2;
  std::string alpha3;
  std::string english;  ///< As shown to people.
  std::string chinese;  ///< As shown to people.
  /// Names it is commonly shown under, in both languages; `english` and `chinese` are among them.
  std::vector<std::string> common_names;
  std::vector<std::string> other_names;  ///< Official ones and the like.
};

/// A country that is no more.
struct FormerCountry {
  std::string alpha2;  ///< Empty where it is another country's now.
  std::string alpha3;
  std::vector<std::string> names;
  std::string withdrawn;  ///< When, as ISO 3166-3 says it: "1992-08-30", "1977".
};

/// What the three letters in a machine-readable zone stand for (Doc 9303 part 3 section 5).
struct MrzState {
  /// What it is.
  enum class Kind {
    kCountry,        ///< `alpha2` says which; XK for RKS.
    kOrganisation,   ///< The United Nations, the European Union and others that issue documents.
    kNoNationality,  ///< XXA, XXB, XXC, XXX: stateless persons, refugees, not specified.
    kSpecimen,       ///< UTO, Utopia.
    kUnknown,
  };
  Kind kind = Kind::kUnknown;
  std::string alpha2;
};

/// All countries.
class CountryBook final {
 public:
  /// Takes the countries; INVALID_ARGUMENT where a code is malformed or comes twice.
  static absl::StatusOr<CountryBook> Of(std::vector<Country> countries,
                                        std::vector<FormerCountry> former,
                                        std::map<std::string, std::vector<std::string>> user_named);

  /// Resolves a code or a name; kCountryUnclear, kCountryUnknown, kCountryUserAssigned,
  /// kCountryFormer. The country lives as long as the book.
  absl::StatusOr<const Country*> Resolve(absl::string_view typed) const;

  /// The country of an alpha-2 code in capital letters, null when there is none.
  const Country* Find(absl::string_view alpha2) const;

  /// What a zone's letters stand for, without fillers: "CHN", "D", "GBD".
  MrzState OfMrzCode(absl::string_view code) const;

  /// All countries, by alpha-2 code.
  const std::map<std::string, Country>& countries() const { return countries_; }

 private:
  struct Name {
    std::string folded;
    std::string alpha2;
    bool common = false;
  };

  CountryBook() = default;

  void AddName(const std::string& name, const std::string& alpha2, bool common);
  absl::StatusOr<const Country*> ResolveName(const std::string& folded) const;
  absl::Status Unclear(const std::vector<std::string>& candidates) const;
  std::vector<std::string> CalledAfter(const std::string& folded, const std::string& alpha2) const;
  std::vector<std::string> Containing(const std::string& folded) const;
  std::vector<std::string> Misspelled(const std::string& folded) const;

  std::map<std::string, Country> countries_;  // by alpha-2
  std::map<std::string, std::string> by_alpha3_;
  std::vector<Name> names_;
  std::map<std::string, FormerCountry> former_;                 // by folded name and by code
  std::map<std::string, std::vector<std::string>> user_named_;  // names of user-assigned codes
  std::map<std::string, std::string> user_names_;               // folded name to code
};

}  // namespace houbu::account
