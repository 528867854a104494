/// The values in a GTFS feed's fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace houbu::slot {

/// The latest time of a timetable, 240 hours.
inline constexpr int kTimeSecondsMax = 240 * 3600;

/// Seconds of "H:MM:SS", "HH:MM:SS" or "HHH:MM:SS", hours beyond 24 for the days after.
std::optional<int> ParseFeedTime(absl::string_view text);

/// Writes "25:10:00".
std::string FormatFeedTime(int seconds);

/// The day of "20261201".
std::optional<absl::CivilDay> ParseFeedDate(absl::string_view text);

/// A whole number that is not negative.
std::optional<std::int64_t> ParseWhole(absl::string_view text);

/// Thousandths of a decimal number that is not negative, "166.25" is 166250; digits beyond the
/// third are cut.
std::optional<std::int64_t> ParseThousandths(absl::string_view text);

/// Degrees between -limit and limit.
std::optional<double> ParseDegrees(absl::string_view text, double limit);

}  // namespace houbu::slot
