#include "services/slot/domain/gtfs_values.h"

#include <cmath>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace houbu::slot {
namespace {

bool IsDigits(absl::string_view text) {
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return !text.empty();
}

}  // namespace

std::optional<int> ParseFeedTime(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  if (parts.size() != 3 || parts[0].size() > 3 || parts[1].size() != 2 || parts[2].size() != 2) {
    return std::nullopt;
  }
  int numbers[3] = {};
  for (std::size_t i = 0; i < 3; ++i) {
    if (!IsDigits(parts[i]) || !absl::SimpleAtoi(parts[i], &numbers[i])) return std::nullopt;
  }
  if (numbers[1] > 59 || numbers[2] > 59) return std::nullopt;
  const int seconds = numbers[0] * 3600 + numbers[1] * 60 + numbers[2];
  if (seconds > kTimeSecondsMax) return std::nullopt;
  return seconds;
}

std::string FormatFeedTime(int seconds) {
  return absl::StrFormat("%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::optional<absl::CivilDay> ParseFeedDate(absl::string_view text) {
  int number = 0;
  if (text.size() != 8 || !IsDigits(text) || !absl::SimpleAtoi(text, &number)) return std::nullopt;
  const int year = number / 10000;
  const int month = number / 100 % 100;
  const int day = number % 100;
  const absl::CivilDay civil(year, month, day);
  if (year == 0 || civil.year() != year || civil.month() != month || civil.day() != day) {
    return std::nullopt;
  }
  return civil;
}

std::optional<std::int64_t> ParseWhole(absl::string_view text) {
  std::int64_t number = 0;
  if (!IsDigits(text) || !absl::SimpleAtoi(text, &number)) return std::nullopt;
  return number;
}

std::optional<std::int64_t> ParseThousandths(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('.', 1));
  if (!IsDigits(parts[0]) || parts[0].size() > 12) return std::nullopt;
  std::string digits(parts[0]);
  absl::string_view decimals;
  if (parts.size() == 2) {
    if (!IsDigits(parts[1])) return std::nullopt;
    decimals = parts[1].substr(0, 3);
  }
  absl::StrAppend(&digits, decimals, std::string(3 - decimals.size(), '0'));
  return ParseWhole(digits);
}

std::optional<double> ParseDegrees(absl::string_view text, double limit) {
  double degrees = 0;
  if (!absl::SimpleAtod(text, &degrees) || !std::isfinite(degrees)) return std::nullopt;
  if (degrees < -limit || degrees > limit) return std::nullopt;
  return degrees;
}

}  // namespace houbu::slot
