#include "services/account/domain/mrz_name.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace houbu::account {
namespace {

struct Spelling {
  char32_t letter;
  absl::string_view first;
  absl::string_view second = "";
  absl::string_view third = "";
};

/// Letters that are more than a base letter with a mark, or have several spellings.
constexpr std::array<Spelling, 17> kSpellings = {{
    {U'Ä', "AE", "A"},
    {U'Å', "AA", "A"},
    {U'Æ', "AE"},
    {U'Ð', "D"},
    {U'Đ', "D"},
    {U'Ħ', "H"},
    {U'ĸ', "K"},
    {U'Ł', "L"},
    {U'Ñ', "N", "NXX"},
    {U'Ŋ', "N"},
    {U'Ø', "OE", "O"},
    {U'Ö', "OE", "O"},
    {U'Œ', "OE"},
    {U'ẞ', "SS"},
    {U'Þ', "TH"},
    {U'Ŧ', "T"},
    {U'Ü', "UE", "UXX", "U"},
}};

/// What stands between words.
bool IsSeparator(char32_t c) { return c == U' ' || c == U'-' || c == U'‐' || c == U'<'; }

/// What the zone leaves out: apostrophes, and the dot between two l of Catalan.
bool IsApostrophe(char32_t c) {
  return c == U'\'' || c == U'’' || c == U'ʼ' || c == U'`' || c == U'·';
}

/// A mark that goes with the letter before it and that no letter of its own has taken in.
bool IsMark(char32_t c) { return u_charType(static_cast<UChar32>(c)) == U_NON_SPACING_MARK; }

/// A letter's spellings, in their order; each is one way to write one place of a name.
using Place = std::vector<std::string>;

/// A word of a name: its places.
using Word = std::vector<Place>;

/// A typed name, cut into words.
struct Cut {
  std::vector<Word> primary;
  std::vector<Word> secondary;
  bool parted = false;  ///< By a comma; else all words are in `primary`.
};

/// What becomes of apostrophes: Doc 9303 leaves them out, some states part the word there.
enum class Apostrophes { kDropped, kParting };

std::u32string UpperOf(absl::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(error);
  if (U_FAILURE(error)) return U"";
  const icu::UnicodeString typed = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  icu::UnicodeString upper = nfkc->normalize(typed, error);
  upper.toUpper(icu::Locale::getRoot());
  std::u32string out;
  for (std::int32_t i = 0; i < upper.length(); i = upper.moveIndex32(i, 1)) {
    out.push_back(static_cast<char32_t>(upper.char32At(i)));
  }
  return out;
}

Cut CutOf(absl::string_view name, Apostrophes apostrophes) {
  Cut cut;
  std::vector<Word>* part = &cut.primary;
  Word word;
  const auto end_word = [&] {
    if (!word.empty()) part->push_back(std::exchange(word, {}));
  };
  for (const char32_t c : UpperOf(name)) {
    if (c == U',') {
      end_word();
      cut.parted = true;
      part = &cut.secondary;
    } else if (IsSeparator(c) || (IsApostrophe(c) && apostrophes == Apostrophes::kParting)) {
      end_word();
    } else if (!IsApostrophe(c) && !IsMark(c)) {
      word.push_back(MrzSpellings(c));
    }
  }
  end_word();
  return cut;
}

/// Chinese ü in the one spelling all others are compared in.
std::string PinyinOf(absl::string_view word) {
  std::string one = absl::StrReplaceAll(word, {{"LV", "LYU"}, {"NV", "NYU"}});
  return absl::StrReplaceAll(one, {{"LYUE", "LUE"}, {"NYUE", "NUE"}});
}

/// How a word of the zone may fit a typed one.
enum class Fit { kWhole, kShortened };

/// Follows all spellings of a word along the zone's word at once.
bool Fits(const Word& typed, absl::string_view zone, Fit fit) {
  std::set<std::size_t> reached = {0};
  for (const Place& place : typed) {
    if (fit == Fit::kShortened && reached.count(zone.size()) > 0) return true;
    std::set<std::size_t> next;
    for (const std::size_t at : reached) {
      const absl::string_view rest = zone.substr(at);
      for (const std::string& spelling : place) {
        if (absl::StartsWith(rest, spelling)) next.insert(at + spelling.size());
        if (fit == Fit::kShortened && absl::StartsWith(spelling, rest)) next.insert(zone.size());
      }
    }
    reached = std::move(next);
  }
  return reached.count(zone.size()) > 0;
}

/// The word with Chinese ü in that spelling.
Word PinyinOf(const Word& word) {
  const Place umlaut = MrzSpellings(U'Ü');
  std::string text;
  for (const Place& place : word) {
    text += place == umlaut ? "YU" : place.empty() ? "<" : place.front();
  }
  Word spelled;
  for (const char c : PinyinOf(text)) spelled.push_back({std::string(1, c)});
  return spelled;
}

bool WordFits(const Word& typed, const std::string& zone, const Mrz& mrz, Fit fit) {
  if (Fits(typed, zone, fit)) return true;
  if (mrz.issuer != "CHN") return false;
  return Fits(PinyinOf(typed), PinyinOf(zone), fit);
}

bool WordsFit(const std::vector<Word>& typed, const std::vector<std::string>& zone,
              const Mrz& mrz) {
  const Fit fit = mrz.name_truncated ? Fit::kShortened : Fit::kWhole;
  const bool as_many =
      mrz.name_truncated ? zone.size() <= typed.size() : zone.size() == typed.size();
  if (!as_many) return false;
  for (std::size_t i = 0; i < zone.size(); ++i) {
    if (!WordFits(typed[i], zone[i], mrz, fit)) return false;
  }
  return true;
}

bool CutFits(const Cut& cut, const Mrz& mrz) {
  const std::vector<std::string> primary = absl::StrSplit(mrz.primary, ' ', absl::SkipEmpty());
  const std::vector<std::string> secondary = absl::StrSplit(mrz.secondary, ' ', absl::SkipEmpty());
  if (cut.parted) {
    return WordsFit(cut.primary, primary, mrz) && WordsFit(cut.secondary, secondary, mrz);
  }
  std::vector<std::string> all = primary;
  all.insert(all.end(), secondary.begin(), secondary.end());
  return WordsFit(cut.primary, all, mrz);
}

std::string Recommended(const std::vector<Word>& words) {
  std::vector<std::string> texts;
  for (const Word& word : words) {
    std::string text;
    for (const Place& place : word) text += place.empty() ? "" : place.front();
    texts.push_back(std::move(text));
  }
  return absl::StrJoin(texts, "<");
}

}  // namespace

std::vector<std::string> MrzSpellings(char32_t letter) {
  if (letter >= U'A' && letter <= U'Z') return {std::string(1, static_cast<char>(letter))};
  for (const Spelling& known : kSpellings) {
    if (known.letter != letter) continue;
    std::vector<std::string> spellings = {std::string(known.first)};
    if (!known.second.empty()) spellings.emplace_back(known.second);
    if (!known.third.empty()) spellings.emplace_back(known.third);
    return spellings;
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
  icu::UnicodeString parts;
  // One mark off: of Ǘ that is Ü.
  if (U_FAILURE(error) || !nfc->getRawDecomposition(static_cast<UChar32>(letter), parts)) return {};
  return MrzSpellings(static_cast<char32_t>(parts.char32At(0)));
}

std::string MrzNameField(absl::string_view name, int width) {
  const Cut cut = CutOf(name, Apostrophes::kDropped);
  std::string field = Recommended(cut.primary);
  if (!cut.secondary.empty()) absl::StrAppend(&field, "<<", Recommended(cut.secondary));
  field.resize(static_cast<std::size_t>(width), '<');
  return field;
}

bool IsNameOf(const Mrz& mrz, absl::string_view typed) {
  const Cut dropped = CutOf(typed, Apostrophes::kDropped);
  return !dropped.primary.empty() &&
         (CutFits(dropped, mrz) || CutFits(CutOf(typed, Apostrophes::kParting), mrz));
}

}  // namespace houbu::account
