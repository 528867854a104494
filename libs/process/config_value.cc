#include "libs/process/config_value.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"

namespace houbu::process {
namespace {

using nlohmann::json;

// Each Assign gives "" when the value was taken, else what it must be.
std::string Assign(std::string* target, const Given& given, const Range&) {
  if (!given.value.is_string()) return "must be a string";
  *target = given.value.get<std::string>();
  return "";
}

std::string Assign(bool* target, const Given& given, const Range&) {
  const json as_text_true = "true";
  const json as_text_false = "false";
  if (given.value.is_boolean()) {
    *target = given.value.get<bool>();
  } else if (given.is_text && (given.value == as_text_true || given.value == as_text_false)) {
    *target = given.value == as_text_true;
  } else {
    return "must be true or false";
  }
  return "";
}

std::string Assign(std::int64_t* target, const Given& given, const Range& range) {
  std::string wanted =
      absl::StrCat("must be a whole number from ", range.least, " to ", range.most);
  std::int64_t number = 0;
  if (given.is_text) {
    if (!absl::SimpleAtoi(given.value.get<std::string>(), &number)) return wanted;
  } else if (given.value.is_number_unsigned()) {
    const auto large = given.value.get<std::uint64_t>();
    if (large > static_cast<std::uint64_t>(range.most)) return wanted;
    number = static_cast<std::int64_t>(large);
  } else if (given.value.is_number_integer()) {
    number = given.value.get<std::int64_t>();
  } else {
    return wanted;
  }
  if (number < range.least || number > range.most) return wanted;
  *target = number;
  return "";
}

std::string Assign(int* target, const Given& given, const Range& range) {
  Range narrow = range;
  narrow.least = std::max<std::int64_t>(narrow.least, std::numeric_limits<int>::min());
  narrow.most = std::min<std::int64_t>(narrow.most, std::numeric_limits<int>::max());
  std::int64_t number = 0;
  std::string problem = Assign(&number, given, narrow);
  if (problem.empty()) *target = static_cast<int>(number);
  return problem;
}

std::string Assign(absl::Duration* target, const Given& given, const Range&) {
  const char* wanted = "must be a duration of zero or more such as \"30s\" or \"1h30m\"";
  absl::Duration duration;
  if (!given.value.is_string()) return wanted;
  if (!absl::ParseDuration(given.value.get<std::string>(), &duration)) return wanted;
  if (duration < absl::ZeroDuration() || duration == absl::InfiniteDuration()) return wanted;
  *target = duration;
  return "";
}

std::string Assign(std::vector<std::string>* target, const Given& given, const Range&) {
  std::vector<std::string> items;
  if (given.is_text) {
    items = absl::StrSplit(given.value.get<std::string>(), ',', absl::SkipWhitespace());
  } else {
    if (!given.value.is_array()) return "must be a list of strings";
    for (const json& item : given.value) {
      if (!item.is_string()) return "must be a list of strings";
      items.push_back(item.get<std::string>());
    }
  }
  *target = std::move(items);
  return "";
}

json Show(const std::string* value) { return *value; }
json Show(const bool* value) { return *value; }
json Show(const int* value) { return *value; }
json Show(const std::int64_t* value) { return *value; }
json Show(const absl::Duration* value) { return absl::FormatDuration(*value); }
json Show(const std::vector<std::string>* value) { return *value; }

}  // namespace

std::string AssignValue(const Target& target, const Given& given, const Range& range) {
  return std::visit([&given, &range](auto place) { return Assign(place, given, range); }, target);
}

json ShowValue(const Target& target) {
  return std::visit([](auto place) { return Show(place); }, target);
}

}  // namespace houbu::process
