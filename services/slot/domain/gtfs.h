/// A GTFS feed (gtfs.org/schedule/reference) read whole: every reference resolved, every time
/// checked, or every fault told with its place.
///
/// Read are agency, stops, routes, trips, stop_times, calendar, calendar_dates and frequencies;
/// other files and unknown columns are passed over. A stop's city is the name of its
/// parent_station, its own name without one. A trip of frequencies.txt becomes one trip for each of
/// its departures, "trip@07:20:00": each is booked by itself.
#pragma once

#include <map>
#include <string>

#include "absl/strings/string_view.h"

#include "services/slot/domain/feed_errors.h"
#include "services/slot/domain/timetable.h"

namespace houbu::slot {

/// The texts of a feed's files by name, "stops.txt".
using FeedFiles = std::map<std::string, std::string>;

/// The files of a feed that are read.
bool IsFeedFile(absl::string_view name);

/// Reads the feed of this name. What it gives is to be used only when `errors` stayed empty.
FeedTimetable ParseGtfs(absl::string_view feed, const FeedFiles& files, FeedErrors& errors);

}  // namespace houbu::slot
