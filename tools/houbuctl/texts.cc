#include "tools/houbuctl/texts.h"

#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "libs/base/civil.h"

namespace houbu::ctl {
namespace {

std::string CheckTime(const std::string& text) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return "";
  return "must be as 2026-12-01T08:00:00+08:00";
}

std::string CheckDay(const std::string& text) {
  return ParseCivilDay(text).ok() ? "" : "must be a day as 2026-12-01";
}

// Only as it would be written back: no sign, base or zero that could be read otherwise.
std::string CheckFen(const std::string& text) {
  std::int64_t fen = 0;
  if (absl::SimpleAtoi(text, &fen) && absl::StrCat(fen) == text) return "";
  return "must be a whole number of fen";
}

}  // namespace

absl::Time TimeOf(const std::string& text) {
  absl::Time time;
  std::string error;
  absl::ParseTime(absl::RFC3339_full, text, &time, &error);
  return time;
}

std::string ShownTime(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

CLI::Validator TimeText() { return CLI::Validator(CheckTime, "TIME", "rfc3339"); }

CLI::Validator DayText() { return CLI::Validator(CheckDay, "DAY", "day"); }

CLI::Validator FenText() { return CLI::Validator(CheckFen, "FEN", "fen"); }

}  // namespace houbu::ctl
