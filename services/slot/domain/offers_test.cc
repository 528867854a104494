// The classes and windows files: what they take and what they refuse, with its place.
#include "services/slot/domain/offers.h"

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/slot/domain/feed_subject.h"

namespace houbu::slot {
namespace {

std::vector<std::string> ClassFaults(const std::string& lines) {
  FeedErrors before;
  const FeedTimetable feed = ParseGtfs("f", SmallFeed(), before);
  FeedErrors errors;
  const std::string text =
      absl::StrCat("record,train,class,kind,coach,places,from_stop,to_stop,fen\n", lines);
  ParseClasses("classes.csv", text, feed, errors);
  return PlacesOf(errors);
}

std::vector<std::string> WindowFaults(const std::string& lines) {
  FeedErrors errors;
  const std::string text = absl::StrCat(
      "station_id,station_name,city,lat,lon,time_zone,class,weekdays,open,close,capacity,fee_fen,"
      "start_date,end_date\n",
      lines);
  ParseWindows("windows.csv", text, errors);
  return PlacesOf(errors);
}

constexpr char kClass[] = "class,G1,second,assigned,,,,,\ncoach,G1,second,,01,01-02:AF,,,\n";

}  // namespace

TEST_CASE("places are numbered by rows and letters", "[slot][catalogue][W-12]") {
  using Numbers = std::vector<std::string>;
  CHECK(*ExpandPlaces("01-02:AF") == Numbers{"01A", "01F", "02A", "02F"});
  CHECK(*ExpandPlaces("009-011") == Numbers{"009", "010", "011"});
  CHECK(*ExpandPlaces("1-1:上中下") == Numbers{"1上", "1中", "1下"});
  for (const char* bad : {"", "01", "02-01", "a-b", "01-02:", "01-02:AA", "1-2-3", "0001-9999",
                          "-1-2", "00001-00002"}) {
    CAPTURE(bad);
    CHECK_FALSE(ExpandPlaces(bad).has_value());
  }
}

TEST_CASE("a class says where its places are, and may sell another's", "[slot][catalogue][W-12]") {
  FeedErrors before;
  const FeedTimetable feed = ParseGtfs("f", SmallFeed(), before);
  const auto read = [&feed](const std::string& lines, FeedErrors& errors) {
    const std::string head =
        "record,train,class,kind,coach,places,from_stop,to_stop,fen,positions,shares\n";
    return ParseClasses("classes.csv", head + lines, feed, errors);
  };
  const std::string berths =
      "class,G1,sleeper,assigned,,,,,,UML,\ncoach,G1,sleeper,,01,01-02:上中下,,,,,\n"
      "rate,G1,sleeper,,,,,,200,,\n";
  FeedErrors none;
  const auto offers =
      read(berths + "class,G1,seat,,,,,,,AB0,sleeper\nrate,G1,seat,,,,,,100,,\n", none);
  CHECK(PlacesOf(none).empty());
  REQUIRE(offers.size() == 1);
  REQUIRE(offers[0].classes.size() == 2);
  CHECK(offers[0].classes[0].positions == "UML");
  const ClassTemplate& seat = offers[0].classes[1];
  CHECK(seat.shares == "sleeper");
  CHECK(seat.kind == ClassKind::kAssigned);
  CHECK(seat.positions == "AB0");

  const std::vector<std::pair<std::string, std::vector<std::string>>> faults = {
      {"class,G1,seat,,,,,,,,coach\nrate,G1,seat,,,,,,100,,\n", {"classes.csv:5:22"}},
      {"class,G1,seat,,,,,,,A-B,sleeper\nrate,G1,seat,,,,,,100,,\n", {"classes.csv:5:21"}},
      {"class,G1,seat,counted,,5,,,,,sleeper\nrate,G1,seat,,,,,,100,,\n", {"classes.csv:5:15"}},
      {"class,G1,seat,,,,,,,,sleeper\ncoach,G1,seat,,02,01-02:AF,,,,,\n"
       "rate,G1,seat,,,,,,100,,\n",
       {"classes.csv:6:1"}},
      {"class,G1,seat,,,,,,,,sleeper\nrate,G1,seat,,,,,,100,,\n"
       "class,G1,stool,,,,,,,,seat\nrate,G1,stool,,,,,,50,,\n",
       {"classes.csv:7:23"}},
  };
  for (const auto& [lines, places] : faults) {
    CAPTURE(lines);
    FeedErrors errors;
    read(berths + lines, errors);
    CHECK(PlacesOf(errors) == places);
  }
}

TEST_CASE("every fault of a classes file is told with its place", "[slot][catalogue][X-02]") {
  struct Case {
    std::string lines;
    std::vector<std::string> places;
  };
  const std::string whole = absl::StrCat(kClass, "fare,G1,second,,,,A1,B,100\n");
  const std::vector<Case> cases = {
      {whole, {}},
      {"class,G9,second,assigned,,,,,\n", {"classes.csv:2:7"}},
      {"coach,G1,second,,01,01-02:AF,,,\n", {"classes.csv:2:10"}},
      {"seat,G1,second,,01,01-02:AF,,,\n", {"classes.csv:2:1"}},
      {"class,G1,second,shared,,,,,\nrate,G1,second,,,,,,100\n", {"classes.csv:2:17"}},
      {"class,G1,Second,counted,,5,,,\nrate,G1,Second,,,,,,100\n", {"classes.csv:2:10"}},
      {"class,G1,second,counted,,0,,,\nrate,G1,second,,,,,,100\n", {"classes.csv:2:26"}},
      {"class,G1,second,assigned,,,,,\nrate,G1,second,,,,,,100\n", {"classes.csv:2:10"}},
      {kClass, {"classes.csv:2:10"}},
      {absl::StrCat(whole, "coach,G1,second,,02,9,,,\n"), {"classes.csv:5:21"}},
      {absl::StrCat(whole, "coach,G1,second,,01,03-04:AF,,,\n"), {"classes.csv:5:18"}},
      {absl::StrCat(whole, "fare,G1,second,,,,B,A1,100\n"), {"classes.csv:5:19"}},
      {absl::StrCat(whole, "fare,G1,second,,,,A1,B,200\n"), {"classes.csv:5:19"}},
      {absl::StrCat(whole, "fare,G1,second,,,,A1,A2,1.5\n"), {"classes.csv:5:25"}},
      {absl::StrCat(whole, "fare,G1,second,,,,A1,A2,-1\n"), {"classes.csv:5:25"}},
      {absl::StrCat(whole, "class,G1,second,counted,,5,,,\n"), {"classes.csv:5:10"}},
  };
  for (const Case& one : cases) {
    CAPTURE(one.lines);
    CHECK(ClassFaults(one.lines) == one.places);
  }
}

TEST_CASE("every fault of a windows file is told with its place", "[slot][catalogue][X-02][R-11]") {
  struct Case {
    std::string from;
    std::string to;
    std::vector<std::string> places;
  };
  const std::string good =
      "PEK,首都,北京,40,116,Asia/Shanghai,exit-card,Mon-Fri,09:00,12:00,12,2000,20260101,20281231"
      "\n";
  const std::vector<Case> cases = {
      {"", "", {}},
      {"40,", "91,", {"windows.csv:2:11"}},
      {"Asia/Shanghai", "Asia/Atlantis", {"windows.csv:2:18"}},
      {"exit-card", "card", {"windows.csv:2:32"}},
      {"Mon-Fri", "Fri-Mon", {"windows.csv:2:42"}},
      {"09:00", "9", {"windows.csv:2:50"}},
      {"12:00", "08:00", {"windows.csv:2:56"}},
      {",12,", ",0,", {"windows.csv:2:62"}},
      {"2000,", "20.5,", {"windows.csv:2:65"}},
      {"20281231", "20251231", {"windows.csv:2:79"}},
      {"20281231\n", absl::StrCat("20281231\n", good), {"windows.csv:3:50"}},
      {"20281231\n",
       absl::StrCat(
           "20281231\n",
           absl::StrReplaceAll(good, {{"首都", "大兴"}, {"09:00", "13:00"}, {"12:00", "14:00"}})),
       {"windows.csv:3:1"}},
  };
  for (const Case& one : cases) {
    CAPTURE(one.from, one.to);
    const std::string lines =
        one.from.empty() ? good : absl::StrReplaceAll(good, {{one.from, one.to}});
    CHECK(WindowFaults(lines) == one.places);
  }
}

TEST_CASE("weekdays are ranges and lists", "[slot][catalogue][R-11]") {
  CHECK(ParseWeekdays("Mon-Fri") == 0b0011111);
  CHECK(ParseWeekdays("Sat Sun") == 0b1100000);
  CHECK(ParseWeekdays("Mon Wed-Fri") == 0b0011101);
  for (const char* bad : {"", "mon", "Mon-", "Fri-Mon", "Mon,Tue", "Mon-Tue-Wed"}) {
    CAPTURE(bad);
    CHECK_FALSE(ParseWeekdays(bad).has_value());
  }
}

}  // namespace houbu::slot
