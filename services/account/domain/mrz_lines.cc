#include "services/account/domain/mrz_lines.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

#include "services/account/domain/normalise.h"

namespace houbu::account {
namespace {

constexpr std::array<MrzLayout, 5> kLayouts = {{
    {.format = MrzFormat::kTd3,
     .lines = 2,
     .width = 44,
     .names = {0, 5, 39},
     .number = {1, 0, 9},
     .nationality = {1, 10, 3},
     .birth = {1, 13, 6},
     .sex = {1, 20, 1},
     .expires = {1, 21, 6},
     .optional = {1, 28, 14},
     .optional_checked = true,
     .overflows = false,
     .composite_of = {{{1, 0, 10}, {1, 13, 7}, {1, 21, 22}, {}}},
     .composite = {1, 43, 1}},
    {.format = MrzFormat::kMrvA,
     .lines = 2,
     .width = 44,
     .names = {0, 5, 39},
     .number = {1, 0, 9},
     .nationality = {1, 10, 3},
     .birth = {1, 13, 6},
     .sex = {1, 20, 1},
     .expires = {1, 21, 6},
     .optional = {1, 28, 16},
     .optional_checked = false,
     .overflows = false},
    {.format = MrzFormat::kTd2,
     .lines = 2,
     .width = 36,
     .names = {0, 5, 31},
     .number = {1, 0, 9},
     .nationality = {1, 10, 3},
     .birth = {1, 13, 6},
     .sex = {1, 20, 1},
     .expires = {1, 21, 6},
     .optional = {1, 28, 7},
     .optional_checked = false,
     .overflows = true,
     .composite_of = {{{1, 0, 10}, {1, 13, 7}, {1, 21, 14}, {}}},
     .composite = {1, 35, 1}},
    {.format = MrzFormat::kMrvB,
     .lines = 2,
     .width = 36,
     .names = {0, 5, 31},
     .number = {1, 0, 9},
     .nationality = {1, 10, 3},
     .birth = {1, 13, 6},
     .sex = {1, 20, 1},
     .expires = {1, 21, 6},
     .optional = {1, 28, 8},
     .optional_checked = false,
     .overflows = false},
    {.format = MrzFormat::kTd1,
     .lines = 3,
     .width = 30,
     .names = {2, 0, 30},
     .number = {0, 5, 9},
     .nationality = {1, 15, 3},
     .birth = {1, 0, 6},
     .sex = {1, 7, 1},
     .expires = {1, 8, 6},
     .optional = {0, 15, 15},
     .more_optional = {1, 18, 11},
     .optional_checked = false,
     .overflows = true,
     .composite_of = {{{0, 5, 25}, {1, 0, 7}, {1, 8, 7}, {1, 18, 11}}},
     .composite = {1, 29, 1}},
}};

bool IsZoneCharacter(char c) {
  return c == '<' || absl::ascii_isupper(static_cast<unsigned char>(c)) ||
         absl::ascii_isdigit(static_cast<unsigned char>(c));
}

bool IsWidth(std::size_t size) { return size == 30 || size == 36 || size == 44; }

/// One line as the zone would have it.
std::string Tidied(absl::string_view typed) {
  std::string line =
      absl::AsciiStrToUpper(absl::StrReplaceAll(NormaliseText(typed), {{"«", "<<"}, {"‹", "<"}}));
  if (IsWidth(line.size())) {
    return absl::StrReplaceAll(line, {{" ", "<"}});
  }
  return absl::StrReplaceAll(line, {{" ", ""}});
}

}  // namespace

MrzLines TidiedLines(const std::vector<std::string>& typed) {
  MrzLines lines;
  for (const std::string& entry : typed) {
    for (const absl::string_view part : absl::StrSplit(entry, absl::ByAnyChar("\r\n"))) {
      std::string line = Tidied(part);
      if (!line.empty()) lines.push_back(std::move(line));
    }
  }
  if (lines.size() != 1) return lines;
  const std::string whole = lines[0];
  const std::size_t width = whole.size() == 90   ? 30
                            : whole.size() == 72 ? 36
                            : whole.size() == 88 ? 44
                                                 : 0;
  if (width == 0) return lines;
  lines.clear();
  for (std::size_t at = 0; at < whole.size(); at += width) lines.push_back(whole.substr(at, width));
  return lines;
}

const MrzLayout* LayoutOf(const MrzLines& lines) {
  const bool visa = !lines.empty() && absl::StartsWith(lines[0], "V");
  for (const MrzLayout& layout : kLayouts) {
    const bool for_visa = layout.format == MrzFormat::kMrvA || layout.format == MrzFormat::kMrvB;
    const bool fits = lines.size() == layout.lines &&
                      std::all_of(lines.begin(), lines.end(), [&](const std::string& line) {
                        return line.size() == layout.width;
                      });
    if (fits && (visa == for_visa || layout.format == MrzFormat::kTd1)) return &layout;
  }
  return nullptr;
}

std::string LengthsFault(const MrzLines& lines) {
  std::vector<std::string> lengths;
  for (const std::string& line : lines) lengths.push_back(absl::StrCat(line.size()));
  return absl::StrCat("has lines of ", absl::StrJoin(lengths, ", "),
                      " characters, expected two of 44 (passport, visa), two of 36 or three of 30 "
                      "(cards): copy every line whole, with its fillers <");
}

void CheckCharacters(const MrzLines& lines, Violations& violations) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (std::size_t at = 0; at < lines[i].size(); ++at) {
      if (!IsZoneCharacter(lines[i][at])) {
        violations.Add("mrz", absl::StrCat("has in line ", i + 1, " at position ", at + 1,
                                           " a character that is none of A-Z, 0-9 and <"));
        break;
      }
    }
  }
}

}  // namespace houbu::account
