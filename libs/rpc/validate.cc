#include "libs/rpc/validate.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "libs/base/text.h"
#include "libs/rpc/wire.h"

namespace houbu::rpc {

namespace {

constexpr std::size_t kIdSizeMax = 63;

bool HasControlCharacters(absl::string_view value) {
  return std::any_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

bool IsId(absl::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !id.empty() && id.size() <= kIdSizeMax && std::all_of(id.begin(), id.end(), allowed);
}

bool IsPlaceholder(absl::string_view segment) {
  return absl::StartsWith(segment, "{") && absl::EndsWith(segment, "}");
}

}  // namespace

void RequireNonEmpty(Violations& violations, absl::string_view field, absl::string_view value) {
  if (value.empty()) violations.Add(field, "is required");
}

void RequireText(Violations& violations, absl::string_view field, absl::string_view value,
                 int max_characters) {
  if (value.empty()) {
    violations.Add(field, "is required");
    return;
  }
  AllowText(violations, field, value, max_characters);
}

void AllowText(Violations& violations, absl::string_view field, absl::string_view value,
               int max_characters) {
  if (!IsValidUtf8(value) || HasControlCharacters(value)) {
    violations.Add(field, "must be text without control characters");
  } else if (CountCharacters(value) > max_characters) {
    violations.Add(field, absl::StrCat("must be at most ", max_characters, " characters"));
  }
}

void RequireInRange(Violations& violations, absl::string_view field, std::int64_t value,
                    Range range) {
  if (value >= range.min && value <= range.max) return;
  violations.Add(field, absl::StrCat("must be from ", range.min, " to ", range.max));
}

void RequireCount(Violations& violations, absl::string_view field, int count, Range range) {
  if (count >= range.min && count <= range.max) return;
  violations.Add(field, absl::StrCat("must have ", range.min, " to ", range.max, " elements"));
}

std::optional<std::vector<std::string>> ParseName(absl::string_view pattern,
                                                  absl::string_view name) {
  const std::vector<absl::string_view> wanted = absl::StrSplit(pattern, '/');
  const std::vector<absl::string_view> given = absl::StrSplit(name, '/');
  if (wanted.size() != given.size()) return std::nullopt;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (IsPlaceholder(wanted[i]) && IsId(given[i])) {
      ids.emplace_back(given[i]);
    } else if (wanted[i] != given[i]) {
      return std::nullopt;
    }
  }
  return ids;
}

std::vector<std::string> RequireName(Violations& violations, absl::string_view field,
                                     absl::string_view name, absl::string_view pattern) {
  std::optional<std::vector<std::string>> ids = ParseName(pattern, name);
  if (ids.has_value()) return *std::move(ids);
  violations.Add(field, name.empty() ? std::string("is required")
                                     : absl::StrCat("must be a name of the form ", pattern));
  return std::vector<std::string>(
      static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '{')));
}

absl::Time RequireTime(Violations& violations, absl::string_view field, bool set,
                       const google::protobuf::Timestamp& value) {
  const absl::StatusOr<absl::Time> time = FromWire(value);
  if (set && time.ok()) return *time;
  violations.Add(field, set ? time.status().message() : "is required");
  return absl::InfinitePast();
}

absl::CivilDay RequireDate(Violations& violations, absl::string_view field, bool set,
                           const type::v1::Date& value) {
  const absl::StatusOr<absl::CivilDay> day = FromWire(value);
  if (set && day.ok()) return *day;
  violations.Add(field, set ? day.status().message() : "is required");
  return absl::CivilDay(1970, 1, 1);
}

Money RequireMoney(Violations& violations, absl::string_view field, bool set,
                   const type::v1::Money& value) {
  const absl::StatusOr<Money> money = FromWire(value);
  if (!set) {
    violations.Add(field, "is required");
  } else if (!money.ok()) {
    violations.Add(absl::StrCat(field, ".currency_code"), "must be an ISO 4217 code");
  } else if (money->minor_units < 0) {
    violations.Add(absl::StrCat(field, ".minor_units"), "must not be negative");
  } else {
    return *money;
  }
  return Money();
}

}  // namespace houbu::rpc
