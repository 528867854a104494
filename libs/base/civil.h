/// Civil days: dates as people and timetables write them, always with an explicit time zone.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace houbu {

/// Reads "2026-12-01"; refuses any other form and days the calendar lacks as INVALID_ARGUMENT.
absl::StatusOr<absl::CivilDay> ParseCivilDay(absl::string_view text);

/// Writes "2026-12-01".
std::string FormatCivilDay(absl::CivilDay day);

/// Loads a zone of the tz database ("Asia/Shanghai"); refuses unknown names as INVALID_ARGUMENT.
absl::StatusOr<absl::TimeZone> LoadZone(absl::string_view name);

/// The first instant of `day` in `zone`: midnight, or the end of the gap where midnight is skipped.
absl::Time StartOfDay(absl::CivilDay day, absl::TimeZone zone);

/// The day it is at `time` in `zone`.
absl::CivilDay DayAt(absl::Time time, absl::TimeZone zone);

}  // namespace houbu
