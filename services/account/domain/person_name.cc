#include "services/account/domain/person_name.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include "libs/base/text.h"
#include "services/account/domain/mrz_name.h"

namespace houbu::account {
namespace {

constexpr int kLengthMax = 60;
constexpr UChar32 kMiddleDot = 0x00B7;

bool IsDot(UChar32 c) {
  return c == kMiddleDot || c == 0x2022 || c == 0x2027 || c == 0x22C5 || c == 0x30FB;
}

/// Zero-width blanks and joiners, byte-order marks, variation selectors.
bool IsLeftover(UChar32 c) {
  return (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0xFEFF ||
         u_hasBinaryProperty(c, UCHAR_VARIATION_SELECTOR);
}

/// What turns the direction of text, so that it reads otherwise than it is.
bool IsDirection(UChar32 c) { return u_hasBinaryProperty(c, UCHAR_BIDI_CONTROL); }

bool IsChinese(UChar32 c) {
  UErrorCode error = U_ZERO_ERROR;
  return uscript_getScript(c, &error) == USCRIPT_HAN && u_charType(c) != U_OTHER_SYMBOL;
}

bool IsEmoji(UChar32 c) {
  return u_hasBinaryProperty(c, UCHAR_EMOJI_PRESENTATION) ||
         u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC) ||
         u_hasBinaryProperty(c, UCHAR_REGIONAL_INDICATOR);
}

icu::UnicodeString TextOf(absl::string_view text) {
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

bool HasChinese(const icu::UnicodeString& text) {
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    if (IsChinese(text.char32At(i))) return true;
  }
  return false;
}

/// "U+202E".
std::string Named(UChar32 c) { return absl::StrFormat("U+%04X", static_cast<unsigned>(c)); }

UChar32 PlainOf(UChar32 c) {
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x02BC:
    case '`':
      return '\'';
    case 0x2010:
    case 0x2011:
    case 0x2212:
      return '-';
    case 0x3001:
      return ',';
    default:
      return c;
  }
}

/// Upper-case, with letters whose zone spelling is one written so.
icu::UnicodeString LatinForm(icu::UnicodeString text) {
  text.toUpper(icu::Locale::getRoot());
  icu::UnicodeString out;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = PlainOf(text.char32At(i));
    if (u_charType(c) == U_NON_SPACING_MARK) continue;  // what no letter of its own took in
    const std::vector<std::string> spellings =
        u_isalpha(c) != 0 ? MrzSpellings(static_cast<char32_t>(c)) : std::vector<std::string>();
    if (spellings.size() == 1) {
      out.append(TextOf(spellings.front()));
    } else {
      out.append(c);
    }
  }
  return out;
}

/// One blank between words, none around a dot or before a comma, one after it.
icu::UnicodeString Spaced(const icu::UnicodeString& text) {
  icu::UnicodeString out;
  bool blank = false;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (c == ' ') {
      blank = true;
      continue;
    }
    const UChar32 last = out.isEmpty() ? 0 : out.char32At(out.moveIndex32(out.length(), -1));
    const bool tight = out.isEmpty() || c == ',' || IsDot(c) || IsDot(last);
    if ((blank || last == ',') && !tight) out.append(static_cast<UChar32>(' '));
    out.append(c);
    blank = false;
  }
  return out;
}

/// What is wrong with one character wherever it stands, "" when nothing is.
std::string CharacterFault(UChar32 c) {
  if (IsDirection(c)) {
    return absl::StrCat("has the invisible character ", Named(c),
                        ", which turns the direction of text: type the name anew");
  }
  if (IsEmoji(c)) {
    return absl::StrCat("has the emoji ", Named(c), ": leave it out");
  }
  if (u_isdigit(c) != 0) {
    return "has a digit: names are written in letters or Chinese characters";
  }
  const auto category = static_cast<UCharCategory>(u_charType(c));
  if (category == U_CONTROL_CHAR || category == U_FORMAT_CHAR || category == U_UNASSIGNED ||
      category == U_SURROGATE) {
    return absl::StrCat("has the invisible character ", Named(c), ": type the name anew");
  }
  if (category == U_PRIVATE_USE_CHAR) {
    return absl::StrCat("has ", Named(c),
                        ", a character of one computer's own: use the one of Unicode, or type "
                        "the name as in the passport");
  }
  return "";
}

std::string ChineseFault(const icu::UnicodeString& name) {
  bool dot_before = true;
  for (std::int32_t i = 0; i < name.length(); i = name.moveIndex32(i, 1)) {
    const UChar32 c = name.char32At(i);
    if (c == kMiddleDot) {
      if (dot_before) return "has a middle dot that does not stand between two characters";
      dot_before = true;
      continue;
    }
    if (!IsChinese(c)) {
      return u_isalpha(c) != 0
                 ? "must be in Chinese characters as on the card: it has a letter of another "
                   "script; a name in Latin letters goes with a passport"
                 : absl::StrCat("has ", Named(c),
                                ": the card has Chinese characters and middle dots only");
    }
    dot_before = false;
  }
  return dot_before ? "has a middle dot that does not stand between two characters" : "";
}

std::string LetterFault(UChar32 c) {
  const std::vector<std::string> spellings = MrzSpellings(static_cast<char32_t>(c));
  if (spellings.size() > 1) {
    std::string letter;
    icu::UnicodeString(c).toUTF8String(letter);
    return absl::StrCat("has the letter ", letter, ", which passports write as ",
                        absl::StrJoin(spellings, " or "), c == 0xDC ? " (Chinese ones as YU)" : "",
                        ": write it as in the machine-readable zone, the lines with <<<");
  }
  return "must be in upper-case Latin letters as in the passport's machine-readable zone, e.g. "
         "LI, YIMING";
}

std::string LatinFault(const icu::UnicodeString& name) {
  int commas = 0;
  bool letter_before = false;
  for (std::int32_t i = 0; i < name.length(); i = name.moveIndex32(i, 1)) {
    const UChar32 c = name.char32At(i);
    if (c >= 'A' && c <= 'Z') {
      letter_before = true;
      continue;
    }
    if (c != ' ' && c != '\'' && c != '-' && c != ',') return LetterFault(c);
    commas += c == ',' ? 1 : 0;
    if (!letter_before && i == 0) {
      return "must begin with a letter";
    }
  }
  if (commas > 1) {
    return "has more than one comma: one parts the surname from the given names";
  }
  return letter_before ? "" : "has no letter";
}

}  // namespace

std::string NormaliseName(absl::string_view typed, NameScript script) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(error);
  if (!IsValidUtf8(typed) || U_FAILURE(error)) {
    return "";
  }
  icu::UnicodeString seen;
  const icu::UnicodeString raw = TextOf(typed);
  for (std::int32_t i = 0; i < raw.length(); i = raw.moveIndex32(i, 1)) {
    const UChar32 c = raw.char32At(i);
    if (IsLeftover(c)) continue;
    seen.append(IsDot(c) ? kMiddleDot : u_isUWhiteSpace(c) != 0 ? static_cast<UChar32>(' ') : c);
  }
  icu::UnicodeString composed = nfkc->normalize(seen, error);
  // What NFKC makes of compatibility forms: the half-width katakana dot, the ideographic blank.
  for (std::int32_t i = 0; i < composed.length(); i = composed.moveIndex32(i, 1)) {
    if (IsDot(composed.char32At(i))) composed.setCharAt(i, static_cast<char16_t>(kMiddleDot));
  }
  const bool latin =
      script == NameScript::kLatin || (script == NameScript::kEither && !HasChinese(composed));
  std::string out;
  Spaced(latin ? LatinForm(composed) : composed).toUTF8String(out);
  return out;
}

std::string NameFault(absl::string_view name, NameScript script) {
  const int length = CountCharacters(name);
  if (length < 1 || length > kLengthMax) {
    return absl::StrCat("must be 1 to ", kLengthMax, " characters");
  }
  const icu::UnicodeString text = TextOf(name);
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    if (std::string fault = CharacterFault(text.char32At(i)); !fault.empty()) return fault;
  }
  const bool chinese =
      script == NameScript::kChinese || (script == NameScript::kEither && HasChinese(text));
  return chinese ? ChineseFault(text) : LatinFault(text);
}

std::string MaskedName(absl::string_view name) {
  if (name.empty()) {
    return "";
  }
  if (static_cast<unsigned char>(name[0]) < 0x80) {
    std::vector<std::string> parts;
    for (const absl::string_view part : absl::StrSplit(name, ' ', absl::SkipEmpty())) {
      parts.push_back(absl::StrCat(part.substr(0, 1), "***"));
    }
    return absl::StrJoin(parts, " ");
  }
  std::size_t first = 1;
  while (first < name.size() && (static_cast<unsigned char>(name[first]) & 0xC0) == 0x80) {
    ++first;
  }
  return absl::StrCat(name.substr(0, first), "**");
}

}  // namespace houbu::account
