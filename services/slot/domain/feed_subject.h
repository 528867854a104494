/// A small feed that is right, for tests to spoil.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_replace.h"

#include "services/slot/domain/gtfs.h"

namespace houbu::slot {

/// Three stations in two cities, a day train and a night train.
inline FeedFiles SmallFeed() {
  FeedFiles files;
  files["agency.txt"] =
      "agency_id,agency_name,agency_url,agency_timezone\n"
      "HB,候补铁路,https://example.com,Asia/Shanghai\n";
  files["stops.txt"] =
      "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
      "CITY-A,甲城,39.9,116.4,1,\n"
      "A1,甲城南,39.8,116.3,0,CITY-A\n"
      "A2,甲城,39.9,116.4,0,CITY-A\n"
      "B,乙城,36.6,117.1,,\n";
  files["routes.txt"] =
      "route_id,agency_id,route_short_name,route_long_name,route_type\n"
      "R,HB,R,,2\n";
  files["calendar.txt"] =
      "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
      "DAILY,1,1,1,1,1,1,1,20260101,20281231\n";
  files["calendar_dates.txt"] =
      "service_id,date,exception_type\n"
      "DAILY,20261225,2\n";
  files["trips.txt"] =
      "route_id,service_id,trip_id,trip_short_name\n"
      "R,DAILY,T1,G1\n"
      "R,DAILY,T2,Z2\n";
  files["stop_times.txt"] =
      "trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled\n"
      "T1,08:00:00,08:00:00,A1,1,0\n"
      "T1,08:30:00,08:32:00,A2,2,30.5\n"
      "T1,10:00:00,10:00:00,B,3,400\n"
      "T2,23:50:00,23:50:00,B,1,0\n"
      "T2,25:10:00,25:15:00,A2,2,370\n"
      "T2,26:00:00,26:00:00,A1,3,400\n";
  return files;
}

/// The same with one text in one of its files replaced.
inline FeedFiles Spoilt(const std::string& file, const std::string& from, const std::string& to) {
  FeedFiles files = SmallFeed();
  files[file] = absl::StrReplaceAll(files[file], {{from, to}});
  return files;
}

/// "file:line:column" of every fault.
inline std::vector<std::string> PlacesOf(const FeedErrors& errors) {
  std::vector<std::string> places;
  for (const FeedError& error : errors.reported()) {
    const FilePlace& place = error.place;
    places.push_back(place.file + ":" + std::to_string(place.line) + ":" +
                     std::to_string(place.column));
  }
  return places;
}

}  // namespace houbu::slot
