#include "libs/rpc/wire.h"

#include <algorithm>
#include <cstdint>

#include "libs/base/status_macros.h"

namespace houbu::rpc {

namespace {

constexpr std::int64_t kYear1 = -62135596800;
constexpr std::int64_t kYear9999End = 253402300799;
constexpr std::int64_t kDurationSecondsMax = 315576000000;
constexpr std::int32_t kNanosMax = 999999999;

}  // namespace

type::v1::Money ToWire(const Money& money) {
  type::v1::Money wire;
  wire.set_currency_code(std::string(money.currency.code()));
  wire.set_minor_units(money.minor_units);
  return wire;
}

google::protobuf::Timestamp ToWire(absl::Time time) {
  const absl::Time first = absl::FromUnixSeconds(kYear1);
  const absl::Time last = absl::FromUnixSeconds(kYear9999End);
  const std::int64_t micros = absl::ToUnixMicros(std::clamp(time, first, last));
  std::int64_t seconds = micros / 1000000;
  std::int64_t rest = micros % 1000000;
  if (rest < 0) {
    --seconds;
    rest += 1000000;
  }
  google::protobuf::Timestamp wire;
  wire.set_seconds(seconds);
  wire.set_nanos(static_cast<std::int32_t>(rest * 1000));
  return wire;
}

google::protobuf::Duration ToWire(absl::Duration duration) {
  const absl::Duration max = absl::Seconds(kDurationSecondsMax);
  const absl::Duration bounded = std::clamp(duration, -max, max);
  google::protobuf::Duration wire;
  absl::Duration rest;
  wire.set_seconds(absl::IDivDuration(bounded, absl::Seconds(1), &rest));
  wire.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(rest)));
  return wire;
}

type::v1::Date ToWire(absl::CivilDay day) {
  type::v1::Date wire;
  wire.set_year(static_cast<std::int32_t>(day.year()));
  wire.set_month(day.month());
  wire.set_day(day.day());
  return wire;
}

absl::StatusOr<Money> FromWire(const type::v1::Money& money) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(money.currency_code()));
  return Money{.minor_units = money.minor_units(), .currency = currency};
}

absl::StatusOr<absl::Time> FromWire(const google::protobuf::Timestamp& time) {
  if (time.seconds() < kYear1 || time.seconds() > kYear9999End || time.nanos() < 0 ||
      time.nanos() > kNanosMax) {
    return absl::InvalidArgumentError("is not a valid time");
  }
  return absl::FromUnixSeconds(time.seconds()) + absl::Microseconds(time.nanos() / 1000);
}

absl::StatusOr<absl::Duration> FromWire(const google::protobuf::Duration& duration) {
  const bool in_range = duration.seconds() >= -kDurationSecondsMax &&
                        duration.seconds() <= kDurationSecondsMax &&
                        duration.nanos() >= -kNanosMax && duration.nanos() <= kNanosMax;
  const bool mixed = (duration.seconds() > 0 && duration.nanos() < 0) ||
                     (duration.seconds() < 0 && duration.nanos() > 0);
  if (!in_range || mixed) return absl::InvalidArgumentError("is not a valid duration");
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

absl::StatusOr<absl::CivilDay> FromWire(const type::v1::Date& date) {
  const absl::CivilDay day(date.year(), date.month(), date.day());
  // CivilDay normalises the 31st of April to the 1st of May: what changed was not in the calendar.
  if (date.year() < 1 || date.year() > 9999 || day.year() != date.year() ||
      day.month() != date.month() || day.day() != date.day()) {
    return absl::InvalidArgumentError("is not a date of the calendar");
  }
  return day;
}

}  // namespace houbu::rpc
