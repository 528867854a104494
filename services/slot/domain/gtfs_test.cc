// Feeds that are right, and feeds that are wrong in one place.
#include "services/slot/domain/gtfs.h"

#include <catch2/catch.hpp>

#include "services/slot/domain/feed_subject.h"
#include "services/slot/domain/gtfs_values.h"

namespace houbu::slot {
namespace {

std::vector<std::string> FaultsOf(const FeedFiles& files) {
  FeedErrors errors;
  ParseGtfs("f", files, errors);
  return PlacesOf(errors);
}

}  // namespace

TEST_CASE("a feed is read with cities, hours beyond midnight and distances",
          "[slot][catalogue][X-02]") {
  FeedErrors errors;
  const FeedTimetable feed = ParseGtfs("f", SmallFeed(), errors);
  REQUIRE(PlacesOf(errors).empty());
  REQUIRE(feed.stations.size() == 3);
  CHECK(feed.stations[0].city == "甲城");
  CHECK(feed.stations[2].city == "乙城");
  REQUIRE(feed.trains.size() == 2);
  CHECK(feed.trains[0].number == "G1");
  CHECK(feed.trains[0].stops[1].metres == 30500);
  CHECK(feed.trains[1].stops[1].arrives == 25 * 3600 + 10 * 60);
  CHECK(feed.stop_times() == 6);
  REQUIRE(feed.calendars.size() == 1);
  CHECK(feed.calendars[0].RunsOn(absl::CivilDay(2026, 12, 24)));
  CHECK_FALSE(feed.calendars[0].RunsOn(absl::CivilDay(2026, 12, 25)));
}

TEST_CASE("marks, CRLF, quoted line ends, unknown columns and files change nothing",
          "[slot][catalogue][X-02]") {
  FeedFiles files = SmallFeed();
  for (auto& [name, text] : files) {
    text = "\xEF\xBB\xBF" + absl::StrReplaceAll(text, {{"\n", "\r\n"}});
  }
  files["stops.txt"] =
      "stop_id,stop_desc,stop_name,stop_lat,stop_lon,parent_station,location_type\r\n"
      "CITY-A,\"two\r\nlines\",甲城,39.9,116.4,,1\r\n"
      "A1,,甲城南,39.8,116.3,CITY-A,\r\n"
      "A2,\"a \"\"quoted\"\" word\",甲城,39.9,116.4,CITY-A,\r\n"
      "B,,乙城,36.6,117.1,,0\r\n";
  files["translations.txt"] = "not,read\n\"";
  CHECK(FaultsOf(files).empty());
}

TEST_CASE("every fault of a feed is told with file, line and column", "[slot][catalogue][X-02]") {
  struct Case {
    std::string file;
    std::string from;
    std::string to;
    std::vector<std::string> places;
  };
  const std::vector<Case> cases = {
      {"agency.txt", "Asia/Shanghai", "Asia/Atlantis", {"agency.txt:2:29"}},
      {"agency.txt", "Shanghai\n", "Shanghai\nX,x,x,Asia/Tokyo\n", {"agency.txt:3:7"}},
      {"agency.txt", "agency_timezone", "zone", {"agency.txt:1:1"}},
      {"stops.txt", "B,乙城,36.6", "B,乙城,96.6", {"stops.txt:5:6"}},
      {"stops.txt", "117.1", "east", {"stops.txt:5:11"}},
      {"stops.txt", "0,CITY-A\nB", "0,CITY-X\nB", {"stops.txt:4:20"}},
      {"stops.txt",
       "A2,甲城",
       "A1,甲城",
       {"stops.txt:4:1", "stop_times.txt:3:22", "stop_times.txt:6:22"}},
      {"stops.txt", "116.4,1,", "116.4,7,", {"stops.txt:2:22"}},
      {"routes.txt", "R,HB", "R,XX", {"routes.txt:2:3"}},
      {"calendar.txt", "1,20260101", "2,20260101", {"calendar.txt:2:19"}},
      {"calendar.txt", "20260101", "20260230", {"calendar.txt:2:21"}},
      {"calendar.txt", "20281231", "20251231", {"calendar.txt:2:30"}},
      {"calendar.txt", "monday", "moonday", {"calendar.txt:1:1"}},
      {"calendar_dates.txt", ",2\n", ",3\n", {"calendar_dates.txt:2:16"}},
      {"trips.txt", "R,DAILY,T2", "Q,DAILY,T2", {"trips.txt:3:1"}},
      {"trips.txt", "DAILY,T2", "NIGHTLY,T2", {"trips.txt:3:3"}},
      {"trips.txt",
       "T2,Z2",
       "T1,Z2",
       {"trips.txt:3:9", "stop_times.txt:5:1", "stop_times.txt:6:1", "stop_times.txt:7:1"}},
      {"trips.txt", "T2,Z2\n", "T2,Z2\nR,DAILY,T3,G3\n", {"trips.txt:4:9"}},
      {"stop_times.txt", "08:30:00", "27:61:00", {"stop_times.txt:3:4"}},
      {"stop_times.txt", "08:30:00", "8:3:00", {"stop_times.txt:3:4"}},
      {"stop_times.txt", "08:32:00", "08:29:00", {"stop_times.txt:3:4"}},
      {"stop_times.txt", "10:00:00,10:00:00", "08:31:00,08:31:00", {"stop_times.txt:4:4"}},
      {"stop_times.txt", "A2,2,30.5", "A2,1,30.5", {"stop_times.txt:3:25"}},
      {"stop_times.txt", "A2,2,30.5", "A2,0,30.5", {"stop_times.txt:3:25"}},
      {"stop_times.txt", "A2,2,30.5", "A2,-2,30.5", {"stop_times.txt:3:25"}},
      {"stop_times.txt", "A2,2,30.5", "A9,2,30.5", {"stop_times.txt:3:22"}},
      {"stop_times.txt", "A2,2,30.5", "CITY-A,2,30.5", {"stop_times.txt:3:22"}},
      {"stop_times.txt", "30.5", "far", {"stop_times.txt:3:27"}},
      {"stop_times.txt", "T1,10:00:00,10:00:00", "T1,,", {"stop_times.txt:4:4"}},
      {"stop_times.txt", "arrival_time,", "arrives,", {"stop_times.txt:1:1"}},
  };
  for (const Case& one : cases) {
    CAPTURE(one.file, one.from, one.to);
    CHECK(FaultsOf(Spoilt(one.file, one.from, one.to)) == one.places);
  }
}

TEST_CASE("a missing file is told by its name", "[slot][catalogue][X-02]") {
  for (const char* file :
       {"agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt"}) {
    CAPTURE(file);
    FeedFiles files = SmallFeed();
    files.erase(file);
    const std::vector<std::string> faults = FaultsOf(files);
    const std::string expected = std::string(file) + ":0:0";
    CHECK(std::count(faults.begin(), faults.end(), expected) == 1);
  }
  FeedFiles files = SmallFeed();
  files.erase("calendar.txt");
  CHECK(FaultsOf(files).empty());  // calendar_dates.txt is enough
  files.erase("calendar_dates.txt");
  CHECK_FALSE(FaultsOf(files).empty());
}

TEST_CASE("stops without times lie evenly between their neighbours", "[slot][catalogue][X-02]") {
  FeedErrors errors;
  const FeedTimetable feed =
      ParseGtfs("f", Spoilt("stop_times.txt", "08:30:00,08:32:00", ","), errors);
  REQUIRE(PlacesOf(errors).empty());
  CHECK(feed.trains[0].stops[1].arrives == 9 * 3600);
  CHECK(feed.trains[0].stops[1].departs == 9 * 3600);
}

TEST_CASE("a trip of frequencies.txt becomes one trip for each departure",
          "[slot][catalogue][X-02]") {
  FeedFiles files = SmallFeed();
  files["frequencies.txt"] =
      "trip_id,start_time,end_time,headway_secs\nT1,06:00:00,07:00:00,1800\n";
  FeedErrors errors;
  const FeedTimetable feed = ParseGtfs("f", files, errors);
  REQUIRE(PlacesOf(errors).empty());
  REQUIRE(feed.trains.size() == 3);
  CHECK(feed.trains[1].trip == "T1@06:00:00");
  CHECK(feed.trains[2].trip == "T1@06:30:00");
  CHECK(feed.trains[2].stops[2].arrives == 8 * 3600 + 30 * 60);
  files["frequencies.txt"] = "trip_id,start_time,end_time,headway_secs\nT1,06:00:00,07:00:00,0\n";
  CHECK(FaultsOf(files) == std::vector<std::string>{"frequencies.txt:2:22"});
}

TEST_CASE("times of a feed pass midnight but keep to the clock", "[slot][catalogue][X-02]") {
  CHECK(ParseFeedTime("25:10:00") == 25 * 3600 + 600);
  CHECK(ParseFeedTime("7:05:09") == 7 * 3600 + 5 * 60 + 9);
  CHECK(ParseFeedTime("240:00:00") == 240 * 3600);
  for (const char* bad : {"27:61:00", "10:00:60", "10:00", "10:0:00", "-1:00:00", "240:00:01", "",
                          "aa:bb:cc", "10:00:00 ", "+9:00:00", "1000:00:00"}) {
    CAPTURE(bad);
    CHECK_FALSE(ParseFeedTime(bad).has_value());
  }
}

TEST_CASE("dates and numbers of a feed are read exactly", "[slot][catalogue][X-02]") {
  CHECK(ParseFeedDate("20280229") == absl::CivilDay(2028, 2, 29));
  for (const char* bad : {"20270229", "2027-1-1", "20271301", "00000101", "2027010", "202701011"}) {
    CAPTURE(bad);
    CHECK_FALSE(ParseFeedDate(bad).has_value());
  }
  CHECK(ParseThousandths("166.2") == 166200);
  CHECK(ParseThousandths("166.2569") == 166256);
  CHECK(ParseThousandths("0") == 0);
  for (const char* bad : {"-1", ".5", "1.", "1e3", "", "1.2.3"}) {
    CAPTURE(bad);
    CHECK_FALSE(ParseThousandths(bad).has_value());
  }
}

}  // namespace houbu::slot
