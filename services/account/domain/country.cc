#include "services/account/domain/country.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include "libs/base/text.h"

namespace houbu::account {
namespace {

constexpr std::size_t kCandidatesMax = 8;

/// What says nothing about which country is meant.
bool IsArticle(absl::string_view word) { return word == "the" || word == "of" || word == "and"; }

/// Lower-case words without accents and punctuation.
std::vector<std::string> WordsOf(absl::string_view typed) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkd = icu::Normalizer2::getNFKDInstance(error);
  if (!IsValidUtf8(typed) || U_FAILURE(error)) return {};
  const icu::UnicodeString raw = icu::UnicodeString::fromUTF8(
      icu::StringPiece(typed.data(), static_cast<std::int32_t>(typed.size())));
  icu::UnicodeString parts = nfkd->normalize(raw, error);
  parts.foldCase();
  icu::UnicodeString kept;
  for (std::int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
    const UChar32 c = parts.char32At(i);
    if (u_isalnum(c) != 0) {
      kept.append(c);
    } else if (u_charType(c) != U_NON_SPACING_MARK && c != '\'' && c != 0x2019 && c != '.') {
      kept.append(static_cast<UChar32>(' '));
    }
  }
  std::string text;
  kept.toUTF8String(text);
  return absl::StrSplit(text, ' ', absl::SkipEmpty());
}

/// A name as names are compared: its words without articles, one blank between.
std::string Fold(absl::string_view typed) {
  std::vector<std::string> words;
  for (std::string& word : WordsOf(typed)) {
    if (IsArticle(word)) continue;
    words.push_back(word == "st" ? "saint" : std::move(word));
  }
  return absl::StrJoin(words, " ");
}

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}

bool IsCode(absl::string_view text, std::size_t letters) {
  return text.size() == letters && std::all_of(text.begin(), text.end(), absl::ascii_isupper);
}

/// AA, QM to QZ, XA to XZ, ZZ, and of three letters those that begin so.
bool IsUserAssigned(absl::string_view code) {
  const absl::string_view two = code.substr(0, 2);
  return two == "AA" || two == "ZZ" || two[0] == 'X' || (two[0] == 'Q' && two[1] >= 'M');
}

/// Whether `part` stands in `whole` as whole words; in Chinese, which has no blanks, anywhere.
bool HasWords(absl::string_view whole, absl::string_view part) {
  if (!IsAscii(part)) return absl::StrContains(whole, part);
  return absl::StrContains(absl::StrCat(" ", whole, " "), absl::StrCat(" ", part, " "));
}

std::u32string CharactersOf(const std::string& text) {
  const icu::UnicodeString units = icu::UnicodeString::fromUTF8(text);
  std::u32string characters;
  for (std::int32_t i = 0; i < units.length(); i = units.moveIndex32(i, 1)) {
    characters.push_back(static_cast<char32_t>(units.char32At(i)));
  }
  return characters;
}

/// How many characters were missed, added, mistaken or swapped with their neighbour.
int SlipsBetween(const std::u32string& a, const std::u32string& b) {
  std::vector<std::vector<int>> slips(a.size() + 1, std::vector<int>(b.size() + 1, 0));
  for (std::size_t i = 0; i <= a.size(); ++i) slips[i][0] = static_cast<int>(i);
  for (std::size_t j = 0; j <= b.size(); ++j) slips[0][j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int changed = slips[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      slips[i][j] = std::min({slips[i - 1][j] + 1, slips[i][j - 1] + 1, changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        slips[i][j] = std::min(slips[i][j], slips[i - 2][j - 2] + 1);
      }
    }
  }
  return slips[a.size()][b.size()];
}

/// Codes of Doc 9303 part 3 section 5 that are no alpha-3 codes of ISO 3166-1.
struct ZoneCode {
  absl::string_view code;
  MrzState::Kind kind;
  absl::string_view alpha2;
};

constexpr std::array<ZoneCode, 24> kZoneCodes = {{
    {"D", MrzState::Kind::kCountry, "DE"},       {"GBD", MrzState::Kind::kCountry, "GB"},
    {"GBN", MrzState::Kind::kCountry, "GB"},     {"GBO", MrzState::Kind::kCountry, "GB"},
    {"GBP", MrzState::Kind::kCountry, "GB"},     {"GBS", MrzState::Kind::kCountry, "GB"},
    {"RKS", MrzState::Kind::kCountry, "XK"},     {"EUE", MrzState::Kind::kOrganisation, ""},
    {"UNO", MrzState::Kind::kOrganisation, ""},  {"UNA", MrzState::Kind::kOrganisation, ""},
    {"UNK", MrzState::Kind::kOrganisation, ""},  {"XBA", MrzState::Kind::kOrganisation, ""},
    {"XIM", MrzState::Kind::kOrganisation, ""},  {"XCC", MrzState::Kind::kOrganisation, ""},
    {"XCO", MrzState::Kind::kOrganisation, ""},  {"XEC", MrzState::Kind::kOrganisation, ""},
    {"XPO", MrzState::Kind::kOrganisation, ""},  {"XOM", MrzState::Kind::kOrganisation, ""},
    {"XDC", MrzState::Kind::kOrganisation, ""},  {"XXA", MrzState::Kind::kNoNationality, ""},
    {"XXB", MrzState::Kind::kNoNationality, ""}, {"XXC", MrzState::Kind::kNoNationality, ""},
    {"XXX", MrzState::Kind::kNoNationality, ""}, {"UTO", MrzState::Kind::kSpecimen, ""},
}};

absl::Status UserAssigned(const std::string& code, const std::vector<std::string>* names) {
  Metadata metadata = {{"code", code}};
  if (names != nullptr) metadata["names"] = absl::StrJoin(*names, ", ");
  return Refuse(kCountryUserAssigned, std::move(metadata));
}

absl::Status Former(const FormerCountry& former) {
  return Refuse(kCountryFormer,
                {{"names", absl::StrJoin(former.names, ", ")}, {"withdrawn", former.withdrawn}});
}

}  // namespace

absl::StatusOr<CountryBook> CountryBook::Of(
    std::vector<Country> countries, std::vector<FormerCountry> former,
    std::map<std::string, std::vector<std::string>> user_named) {
  CountryBook book;
  for (Country& country : countries) {
    if (!IsCode(country.alpha2, 2) || !IsCode(country.alpha3, 3) || country.english.empty() ||
        country.chinese.empty() ||
        !book.by_alpha3_.emplace(country.alpha3, country.alpha2).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("country ", country.alpha2, " lacks a code or a name, or comes twice"));
    }
    for (const std::string& name : country.common_names) book.AddName(name, country.alpha2, true);
    for (const std::string& name : country.other_names) book.AddName(name, country.alpha2, false);
    std::string alpha2 = country.alpha2;
    if (!book.countries_.emplace(std::move(alpha2), std::move(country)).second) {
      return absl::InvalidArgumentError("a country's alpha-2 code comes twice");
    }
  }
  for (const FormerCountry& gone : former) {
    if (book.countries_.count(gone.alpha2) == 0) book.former_.emplace(gone.alpha2, gone);
    book.former_.emplace(gone.alpha3, gone);
    for (const std::string& name : gone.names) book.former_.emplace(Fold(name), gone);
  }
  for (const auto& [code, names] : user_named) {
    for (const std::string& name : names) book.user_names_.emplace(Fold(name), code);
  }
  book.user_named_ = std::move(user_named);
  return book;
}

void CountryBook::AddName(const std::string& name, const std::string& alpha2, bool common) {
  names_.push_back({Fold(name), alpha2, common});
  const std::size_t comma = name.find(", ");
  if (comma != std::string::npos) {
    names_.push_back(
        {Fold(absl::StrCat(name.substr(comma + 2), " ", name.substr(0, comma))), alpha2, common});
  }
}

const Country* CountryBook::Find(absl::string_view alpha2) const {
  const auto found = countries_.find(std::string(alpha2));
  return found == countries_.end() ? nullptr : &found->second;
}

MrzState CountryBook::OfMrzCode(absl::string_view code) const {
  MrzState state;
  for (const ZoneCode& known : kZoneCodes) {
    if (known.code == code) {
      state.kind = known.kind;
      state.alpha2 = std::string(known.alpha2);
      return state;
    }
  }
  const auto found = by_alpha3_.find(std::string(code));
  if (found != by_alpha3_.end()) {
    state.kind = MrzState::Kind::kCountry;
    state.alpha2 = found->second;
  }
  return state;
}

absl::StatusOr<const Country*> CountryBook::Resolve(absl::string_view typed) const {
  const std::string folded = Fold(typed);
  const std::string code = absl::AsciiStrToUpper(absl::StrJoin(WordsOf(typed), " "));
  if (IsCode(code, 2) || IsCode(code, 3)) {
    if (const Country* country = Find(code)) return country;
    const auto by_alpha3 = by_alpha3_.find(code);
    if (by_alpha3 != by_alpha3_.end()) return Find(by_alpha3->second);
    const auto named = user_named_.find(code);
    if (named != user_named_.end()) return UserAssigned(code, &named->second);
    if (IsUserAssigned(code)) return UserAssigned(code, nullptr);
  }
  const auto user_name = user_names_.find(folded);
  if (user_name != user_names_.end()) {
    return UserAssigned(user_name->second, &user_named_.at(user_name->second));
  }
  absl::StatusOr<const Country*> named = ResolveName(folded);
  if (named.ok() || ReasonOf(named.status()) == kCountryUnclear.reason) return named;
  for (const std::string& key : {code, folded}) {
    const auto gone = former_.find(key);
    if (!key.empty() && gone != former_.end()) return Former(gone->second);
  }
  const std::vector<std::string> similar = Misspelled(folded);
  return similar.empty() ? named : Unclear(similar);
}

absl::StatusOr<const Country*> CountryBook::ResolveName(const std::string& folded) const {
  std::set<std::string> exact;
  bool common = false;
  for (const Name& name : names_) {
    if (!folded.empty() && name.folded == folded) {
      exact.insert(name.alpha2);
      common = common || name.common;
    }
  }
  if (exact.size() > 1) return Unclear({exact.begin(), exact.end()});
  if (exact.size() == 1) {
    std::vector<std::string> candidates = CalledAfter(folded, *exact.begin());
    if (candidates.size() < (common ? 2 : 1)) return Find(*exact.begin());
    candidates.insert(candidates.begin(), *exact.begin());
    return Unclear(candidates);
  }
  const std::vector<std::string> containing = Containing(folded);
  return containing.empty() || former_.count(folded) > 0
             ? absl::StatusOr<const Country*>(Refuse(kCountryUnknown))
             : Unclear(containing);
}

absl::Status CountryBook::Unclear(const std::vector<std::string>& candidates) const {
  std::vector<std::string> codes;
  std::vector<std::string> names;
  for (const std::string& alpha2 : candidates) {
    if (codes.size() == kCandidatesMax) break;
    const Country* const country = Find(alpha2);
    codes.push_back(alpha2);
    names.push_back(absl::StrCat(country->english, " (", country->chinese, ")"));
  }
  return Refuse(kCountryUnclear,
                {{"candidates", absl::StrJoin(codes, ",")}, {"names", absl::StrJoin(names, ", ")}});
}

std::vector<std::string> CountryBook::CalledAfter(const std::string& folded,
                                                  const std::string& alpha2) const {
  // In Chinese, where words have no bounds, others count only where they are called after the
  // country in English too: 印度 is no word of 印度尼西亚, 几内亚 is one of 赤道几内亚.
  std::vector<std::string> english;
  for (const Name& name : names_) {
    if (name.alpha2 == alpha2 && IsAscii(name.folded)) english.push_back(name.folded);
  }
  std::set<std::string> as_typed;
  std::set<std::string> in_english;
  for (const Name& name : names_) {
    if (!name.common || name.alpha2 == alpha2) continue;
    if (HasWords(name.folded, folded)) as_typed.insert(name.alpha2);
    const auto has = [&name](const std::string& part) { return HasWords(name.folded, part); };
    if (std::any_of(english.begin(), english.end(), has)) in_english.insert(name.alpha2);
  }
  std::vector<std::string> others;
  std::set_intersection(as_typed.begin(), as_typed.end(), in_english.begin(), in_english.end(),
                        std::back_inserter(others));
  return others;
}

std::vector<std::string> CountryBook::Containing(const std::string& folded) const {
  std::set<std::string> found;
  if (CharactersOf(folded).size() < 2) return {};
  for (const Name& name : names_) {
    if (HasWords(name.folded, folded)) found.insert(name.alpha2);
  }
  return {found.begin(), found.end()};
}

std::vector<std::string> CountryBook::Misspelled(const std::string& folded) const {
  const std::u32string typed = CharactersOf(folded);
  const bool latin = IsAscii(folded);
  if (typed.size() < (latin ? 4U : 2U) || typed.size() > 80) return {};
  const int slips_max = latin && typed.size() > 5 ? 2 : 1;
  std::map<std::string, int> nearest;
  for (const Name& name : names_) {
    const int slips = SlipsBetween(typed, CharactersOf(name.folded));
    if (slips > slips_max) continue;
    const auto [at, added] = nearest.emplace(name.alpha2, slips);
    if (!added) at->second = std::min(at->second, slips);
  }
  std::vector<std::string> candidates;
  for (int slips = 1; slips <= slips_max; ++slips) {
    for (const auto& [alpha2, least] : nearest) {
      if (least == slips) candidates.push_back(alpha2);
    }
  }
  return candidates;
}

}  // namespace houbu::account
