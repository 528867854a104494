#include "services/slot/domain/gtfs.h"

#include <algorithm>
#include <iterator>

#include "services/slot/domain/gtfs_reader.h"

namespace houbu::slot {

bool IsFeedFile(absl::string_view name) {
  static constexpr absl::string_view kNames[] = {
      "agency.txt",     "stops.txt",    "routes.txt",         "trips.txt",
      "stop_times.txt", "calendar.txt", "calendar_dates.txt", "frequencies.txt"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

FeedTimetable ParseGtfs(absl::string_view feed, const FeedFiles& files, FeedErrors& errors) {
  return GtfsReader(feed, files, errors).Read();
}

}  // namespace houbu::slot
