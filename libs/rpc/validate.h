/// Field checks of request parsers: each notes what is wrong, so that a caller hears all at once.
#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/money.h"
#include "libs/base/refusal.h"

#include "houbu/type/v1/date.pb.h"
#include "houbu/type/v1/money.pb.h"

namespace houbu::rpc {

/// Bounds a number, both ends included.
struct Range {
  std::int64_t min;
  std::int64_t max;
};

/// Requires a text.
void RequireNonEmpty(Violations& violations, absl::string_view field, absl::string_view value);

/// Requires a text of 1 to `max_characters` Unicode characters, without control characters.
void RequireText(Violations& violations, absl::string_view field, absl::string_view value,
                 int max_characters);

/// Allows an empty text, and otherwise what RequireText requires.
void AllowText(Violations& violations, absl::string_view field, absl::string_view value,
               int max_characters);

/// Requires a number in the range.
void RequireInRange(Violations& violations, absl::string_view field, std::int64_t value,
                    Range range);

/// Requires a list with a number of elements in the range.
void RequireCount(Violations& violations, absl::string_view field, int count, Range range);

/// Requires an enum value that is set and known: `RequireEnum<Purpose>(v, "purpose", p,
/// Purpose_IsValid)`.
template <class Enum>
void RequireEnum(Violations& violations, absl::string_view field, Enum value, bool (*valid)(int)) {
  const int number = static_cast<int>(value);
  if (number == 0) {
    violations.Add(field, "is required");
  } else if (!valid(number)) {
    violations.Add(field, "is not a known value");
  }
}

/// Splits a resource name along a pattern: "accounts/{account}/passengers/{passenger}" gives the
/// ids of both. Nothing when the name does not fit or an id is not [a-z0-9-]{1,63}.
std::optional<std::vector<std::string>> ParseName(absl::string_view pattern,
                                                  absl::string_view name);

/// Requires a resource name of the pattern; gives its ids, all empty when there is a violation.
std::vector<std::string> RequireName(Violations& violations, absl::string_view field,
                                     absl::string_view name, absl::string_view pattern);

/// Requires a time that is set and valid; gives absl::InfinitePast() when it is not.
absl::Time RequireTime(Violations& violations, absl::string_view field, bool set,
                       const google::protobuf::Timestamp& value);

/// Requires a date that is set and in the calendar; gives 1970-01-01 when it is not.
absl::CivilDay RequireDate(Violations& violations, absl::string_view field, bool set,
                           const type::v1::Date& value);

/// Requires a valid amount that is not negative; gives zero when it is not.
Money RequireMoney(Violations& violations, absl::string_view field, bool set,
                   const type::v1::Money& value);

}  // namespace houbu::rpc
