#include "services/account/domain/mrz.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "services/account/domain/mrz_lines.h"

namespace houbu::account {
namespace {

std::string Text(const MrzLines& lines, const MrzSpan& span) {
  return span.size == 0 ? std::string() : lines[span.line].substr(span.begin, span.size);
}

/// The character after a field.
char After(const MrzLines& lines, const MrzSpan& span) {
  return lines[span.line][span.begin + span.size];
}

std::string Unfilled(absl::string_view field) {
  std::vector<std::string> parts = absl::StrSplit(field, '<', absl::SkipEmpty());
  return absl::StrJoin(parts, " ");
}

constexpr absl::string_view kCheckFault =
    "has a check digit that does not fit: compare it with the document, character by character";

/// A check digit fits; `<` stands for 0 where the field is empty.
bool Fits(absl::string_view field, char check) {
  const bool empty = std::all_of(field.begin(), field.end(), [](char c) { return c == '<'; });
  return check == MrzCheck(field) || (empty && check == '<');
}

/// Reads the number; where it overflows, its rest and its check digit lead the optional data.
void ReadNumber(const MrzLayout& layout, const MrzLines& lines, Mrz& mrz, Violations& violations) {
  const std::string field = Text(lines, layout.number);
  const std::string optional = Text(lines, layout.optional);
  const char check = After(lines, layout.number);
  const std::string more = Text(lines, layout.more_optional);
  std::size_t rest = 0;
  bool fits = Fits(field, check);
  std::string number = field;
  if (layout.overflows && check == '<' && optional[0] != '<') {
    rest = optional.find('<');
    if (rest == std::string::npos) rest = optional.size();
    number = absl::StrCat(field, optional.substr(0, rest - 1));
    fits = optional[rest - 1] == MrzCheck(number);
  }
  mrz.number = absl::StrReplaceAll(number, {{"<", ""}});
  mrz.optional_data = Unfilled(absl::StrCat(optional.substr(rest), "<", more));
  if (mrz.number.empty()) {
    violations.Add("mrz.document_number", "is empty");
  } else if (!fits) {
    violations.Add("mrz.document_number", kCheckFault);
  }
}

/// The day YYMMDD in the century that begins with `century`; nothing where there is none.
std::optional<absl::CivilDay> DayOf(absl::string_view digits, absl::civil_year_t century) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!absl::SimpleAtoi(digits.substr(0, 2), &year) ||
      !absl::SimpleAtoi(digits.substr(2, 2), &month) ||
      !absl::SimpleAtoi(digits.substr(4, 2), &day)) {
    return std::nullopt;
  }
  const absl::CivilDay read(century + year, month, day);
  const bool real = read.month() == month && read.day() == day;
  return real ? std::optional<absl::CivilDay>(read) : std::nullopt;
}

absl::civil_year_t CenturyOf(absl::CivilDay day) { return day.year() - day.year() % 100; }

/// Tells whether a date field has its check digit and only digits, or fillers where a part is not
/// known; says which is wrong.
bool DateIsRead(const MrzLines& lines, const MrzSpan& span, const char* field,
                Violations& violations) {
  const std::string date = Text(lines, span);
  const bool digits = std::all_of(
      date.begin(), date.end(), [](unsigned char c) { return absl::ascii_isdigit(c) || c == '<'; });
  if (!digits) {
    violations.Add(field, "has a letter where a digit must be: look for O and 0, I and 1");
    return false;
  }
  if (!Fits(date, After(lines, span))) {
    violations.Add(field, kCheckFault);
    return false;
  }
  return date.find('<') == std::string::npos;
}

void ReadDates(const MrzLayout& layout, const MrzLines& lines, absl::CivilDay today, Mrz& mrz,
               Violations& violations) {
  mrz.birth_digits = Text(lines, layout.birth);
  if (DateIsRead(lines, layout.birth, "mrz.birth_date", violations)) {
    mrz.birth = DayOf(mrz.birth_digits, CenturyOf(today));
    if (!mrz.birth.has_value() || *mrz.birth > today) {
      mrz.birth = DayOf(mrz.birth_digits, CenturyOf(today) - 100);
    }
    if (!mrz.birth.has_value()) {
      violations.Add("mrz.birth_date", "is a day the calendar does not have");
    }
  }
  const std::string expires = Text(lines, layout.expires);
  if (DateIsRead(lines, layout.expires, "mrz.expire_date", violations)) {
    mrz.expires = DayOf(expires, CenturyOf(today));
    if (mrz.expires.has_value() && mrz.expires->year() - today.year() >= 50) {
      mrz.expires = DayOf(expires, CenturyOf(today) - 100);
    } else if (mrz.expires.has_value() && today.year() - mrz.expires->year() > 50) {
      mrz.expires = DayOf(expires, CenturyOf(today) + 100);
    }
    if (!mrz.expires.has_value()) {
      violations.Add("mrz.expire_date", "is a day the calendar does not have");
    }
  }
}

void ReadSex(const MrzLayout& layout, const MrzLines& lines, Mrz& mrz, Violations& violations) {
  switch (Text(lines, layout.sex)[0]) {
    case 'F':
      mrz.sex = Sex::kFemale;
      return;
    case 'M':
      mrz.sex = Sex::kMale;
      return;
    case '<':
    case 'X':
      return;
    default:
      violations.Add("mrz.sex", "must be M, F, X or <");
  }
}

void ReadNames(const MrzLayout& layout, const MrzLines& lines, Mrz& mrz, Violations& violations) {
  const std::string field = Text(lines, layout.names);
  const std::size_t end = field.find("<<");
  mrz.primary = Unfilled(field.substr(0, end));
  mrz.secondary = end == std::string::npos ? "" : Unfilled(field.substr(end));
  mrz.name_truncated = field.back() != '<';
  if (std::any_of(field.begin(), field.end(), absl::ascii_isdigit)) {
    violations.Add("mrz.name", "has a digit: look for O and 0, I and 1");
  } else if (field[0] == '<') {
    violations.Add("mrz.name", "does not begin with a surname");
  }
}

void ReadStates(const MrzLayout& layout, const MrzLines& lines, Mrz& mrz, Violations& violations) {
  mrz.document_code = Unfilled(lines[0].substr(0, 2));
  mrz.issuer = absl::StrReplaceAll(lines[0].substr(2, 3), {{"<", ""}});
  mrz.nationality = absl::StrReplaceAll(Text(lines, layout.nationality), {{"<", ""}});
  const auto letters = [](absl::string_view code) {
    return !code.empty() && std::all_of(code.begin(), code.end(), absl::ascii_isupper);
  };
  if (mrz.document_code.empty() || !absl::ascii_isupper(static_cast<unsigned char>(lines[0][0]))) {
    violations.Add("mrz.document_code", "must begin with a letter: P, V, I, A or C");
  }
  if (!letters(mrz.issuer)) {
    violations.Add("mrz.issuer", "must be the letters of a state");
  }
  if (!letters(mrz.nationality)) {
    violations.Add("mrz.nationality", "must be the letters of a state");
  }
}

void CheckWhole(const MrzLayout& layout, const MrzLines& lines, Violations& violations) {
  if (layout.optional_checked &&
      !Fits(Text(lines, layout.optional), After(lines, layout.optional))) {
    violations.Add("mrz.optional_data", kCheckFault);
  }
  std::string whole;
  for (const MrzSpan& span : layout.composite_of) whole += Text(lines, span);
  if (!whole.empty() && violations.empty() && Text(lines, layout.composite)[0] != MrzCheck(whole)) {
    violations.Add("mrz",
                   "has an overall check digit (the last one) that does not fit: compare "
                   "the zone with the document, character by character");
  }
}

}  // namespace

absl::string_view MrzFormatName(MrzFormat format) {
  switch (format) {
    case MrzFormat::kTd1:
      return "TD1";
    case MrzFormat::kTd2:
      return "TD2";
    case MrzFormat::kTd3:
      return "TD3";
    case MrzFormat::kMrvA:
      return "MRV-A";
    case MrzFormat::kMrvB:
      return "MRV-B";
  }
  return "";
}

char MrzCheck(absl::string_view text) {
  constexpr std::array<int, 3> kWeights = {7, 3, 1};
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int value = 0;  // the filler '<'
    if (absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) {
      value = text[i] - '0';
    } else if (absl::ascii_isupper(static_cast<unsigned char>(text[i]))) {
      value = text[i] - 'A' + 10;
    }
    sum += value * kWeights[i % 3];
  }
  return static_cast<char>('0' + sum % 10);
}

std::optional<Mrz> ReadMrz(const std::vector<std::string>& typed, absl::CivilDay today,
                           Violations& violations) {
  const MrzLines lines = TidiedLines(typed);
  Violations found;
  CheckCharacters(lines, found);
  const MrzLayout* const layout = LayoutOf(lines);
  if (layout == nullptr && found.empty()) {
    found.Add("mrz", LengthsFault(lines));
  }
  Mrz mrz;
  if (layout != nullptr && found.empty()) {
    mrz.format = layout->format;
    ReadStates(*layout, lines, mrz, found);
    ReadNumber(*layout, lines, mrz, found);
    ReadDates(*layout, lines, today, mrz, found);
    ReadSex(*layout, lines, mrz, found);
    ReadNames(*layout, lines, mrz, found);
    CheckWhole(*layout, lines, found);
  }
  if (found.empty()) return mrz;
  for (const Violation& violation : ViolationsOf(found.ToStatus())) {
    violations.Add(violation.field, violation.description);
  }
  return std::nullopt;
}

}  // namespace houbu::account
