// Journeys by place and boarding date; runs drafted from trains and windows.
#include "services/slot/domain/timetable.h"

#include <catch2/catch.hpp>

#include "libs/base/civil.h"
#include "services/slot/domain/feed_subject.h"
#include "services/slot/domain/run_draft.h"

namespace houbu::slot {
namespace {

const absl::CivilDay kDay(2026, 12, 1);

std::vector<FeedTimetable> SmallTimetable() {
  FeedErrors errors;
  std::vector<FeedTimetable> feeds;
  feeds.push_back(ParseGtfs("f", SmallFeed(), errors));
  REQUIRE(errors.empty());
  return feeds;
}

// "G1 A1-B 2026-12-01" for each.
std::vector<std::string> Words(const std::vector<PlannedJourney>& journeys) {
  std::vector<std::string> words;
  for (const PlannedJourney& journey : journeys) {
    const auto& stops = journey.train->stops;
    words.push_back(journey.train->number + " " +
                    stops[static_cast<std::size_t>(journey.from)].station + "-" +
                    stops[static_cast<std::size_t>(journey.to)].station + " " +
                    FormatCivilDay(journey.service_day));
  }
  return words;
}

}  // namespace

TEST_CASE("a city covers its stations, a station only itself", "[slot][catalogue][W-02]") {
  const Timetable timetable(SmallTimetable(), {});
  CHECK(timetable.StationsOf("甲城") == std::set<std::string>{"A1", "A2"});
  CHECK(timetable.StationsOf("甲城南") == std::set<std::string>{"A1"});
  CHECK(timetable.StationsOf("A2") == std::set<std::string>{"A2"});
  CHECK(timetable.StationsOf("乙城") == std::set<std::string>{"B"});
  CHECK(timetable.StationsOf("丙城").empty());
  const auto from_city = timetable.Journeys({"A1", "A2"}, {"B"}, kDay);
  CHECK(Words(from_city) == std::vector<std::string>{"G1 A1-B 2026-12-01", "G1 A2-B 2026-12-01"});
  CHECK(timetable.Journeys({"B"}, {"A1"}, absl::CivilDay(2026, 12, 25)).empty());
}

TEST_CASE("a train is found on its boarding date, also after midnight", "[slot][catalogue][W-02]") {
  const Timetable timetable(SmallTimetable(), {});
  const auto at_start = timetable.Journeys({"B"}, {"A1"}, kDay);
  CHECK(Words(at_start) == std::vector<std::string>{"Z2 B-A1 2026-12-01"});
  const auto after_midnight = timetable.Journeys({"A2"}, {"A1"}, kDay);
  CHECK(Words(after_midnight) == std::vector<std::string>{"Z2 A2-A1 2026-11-30"});
  CHECK(DayAt(after_midnight[0].departs_at, *LoadZone("Asia/Shanghai")) == kDay);
}

TEST_CASE("a train keeps its hours on the day clocks change", "[slot][catalogue][W-02]") {
  const absl::TimeZone zone = *LoadZone("America/Los_Angeles");
  const absl::CivilDay change(2026, 3, 8);  // 02:00 becomes 03:00
  CHECK(ServiceInstant(change, 9 * 3600, zone) ==
        absl::FromCivil(absl::CivilSecond(2026, 3, 8, 9, 0, 0), zone));
  CHECK(ServiceInstant(kDay, 25 * 3600, zone) ==
        absl::FromCivil(absl::CivilSecond(2026, 12, 2, 1, 0, 0), zone));
}

TEST_CASE("a run is drafted with its stops, places and fares", "[slot][catalogue][X-02][W-12]") {
  FeedErrors errors;
  const Timetable timetable(SmallTimetable(), {});
  const std::string text =
      "record,train,class,kind,coach,places,from_stop,to_stop,fen\n"
      "class,Z2,sleeper,assigned,,,,,\n"
      "coach,Z2,sleeper,,05,01-02:上下,,,\n"
      "coach,Z2,sleeper,,06,01-01:上下,,,\n"
      "fare,Z2,sleeper,,,,B,A1,30000\n"
      "class,Z2,standing,counted,,7,,,\n"
      "rate,Z2,standing,,,,,,5000\n";
  const auto offers = ParseClasses("classes.csv", text, timetable.feeds()[0], errors);
  REQUIRE(PlacesOf(errors).empty());
  REQUIRE(offers.size() == 1);
  const RunDraft draft =
      DraftTrain(timetable, timetable.feeds()[0].trains[1], offers[0], kDay, RunOpeningPolicy());
  CHECK(draft.run.trip == "f/T2");
  CHECK(draft.run.stops[1].name == "甲城");
  REQUIRE(draft.classes.size() == 2);
  const ClassDraft& sleeper = draft.classes[0];
  CHECK(sleeper.run_class.capacity == 6);
  CHECK(sleeper.units[4].coach == "06");
  CHECK(sleeper.units[4].number == "01上");
  REQUIRE(sleeper.fares.size() == 1);  // only where it has a fare is it sold
  CHECK(sleeper.fares[0].legs == LegRange{0, 2});
  const ClassDraft& standing = draft.classes[1];
  CHECK(standing.run_class.capacity == 7);
  REQUIRE(standing.fares.size() == 3);
  CHECK(standing.fares[0].fen == 18500);  // 370 km
  CHECK(standing.fares[1].fen == 20000);  // 400 km
  CHECK(standing.fares[2].fen == 1500);   // 30 km
  const RunDraft again =
      DraftTrain(timetable, timetable.feeds()[0].trains[1], offers[0], kDay, RunOpeningPolicy());
  CHECK(again.run.id == draft.run.id);
}

TEST_CASE("nobody is sold a place to a stop that does not take or let off",
          "[slot][catalogue][X-02]") {
  FeedFiles files = Spoilt("stop_times.txt", "shape_dist_traveled\n",
                           "shape_dist_traveled,pickup_type,drop_off_type\n");
  files["stop_times.txt"] =
      absl::StrReplaceAll(files["stop_times.txt"], {{"1,0\n", "1,0,0,0\n"},
                                                    {"30.5\n", "30.5,1,0\n"},
                                                    {",400\n", ",400,0,0\n"},
                                                    {",370\n", ",370,0,1\n"}});
  FeedErrors errors;
  std::vector<FeedTimetable> feeds;
  feeds.push_back(ParseGtfs("f", files, errors));
  REQUIRE(PlacesOf(errors).empty());
  const Timetable timetable(std::move(feeds), {});
  CHECK(timetable.Journeys({"A2"}, {"B"}, kDay).empty());
  CHECK(timetable.Journeys({"A1"}, {"A2"}, kDay).size() == 1);
  CHECK(timetable.Journeys({"B"}, {"A2"}, kDay).empty());
}

TEST_CASE("fares at a rate are rounded to half a yuan", "[slot][catalogue][X-02]") {
  struct Case {
    std::int64_t metres;
    std::int64_t fen;
  };
  for (const Case& one : std::vector<Case>{
           {100'000, 4750}, {101'000, 4800}, {100'300, 4750}, {1'318'000, 62600}, {100, 50}}) {
    CAPTURE(one.metres);
    CHECK(FareAtRate(4750, one.metres) == one.fen);
  }
  CHECK(FareAtRate(0, 100'000) == 0);
}

TEST_CASE("a window is drafted on its weekdays as a run of one leg", "[slot][catalogue][R-11]") {
  FeedErrors errors;
  const auto windows = ParseWindows(
      "windows.csv",
      "station_id,station_name,city,lat,lon,time_zone,class,weekdays,open,close,capacity,fee_fen,"
      "start_date,end_date\n"
      "PEK,首都口岸,北京,40.1,116.6,Asia/Shanghai,exit-card,Mon-Fri,09:00,12:00,12,2000,20260101,"
      "20281231\n",
      errors);
  REQUIRE(PlacesOf(errors).empty());
  REQUIRE(windows.size() == 1);
  CHECK(OpensOn(windows[0], absl::CivilDay(2026, 12, 4)));
  CHECK_FALSE(OpensOn(windows[0], absl::CivilDay(2026, 12, 5)));  // a Saturday
  CHECK_FALSE(OpensOn(windows[0], absl::CivilDay(2029, 1, 1)));
  const RunDraft draft = DraftWindow("f", windows[0], kDay, RunOpeningPolicy());
  CHECK(draft.run.kind == RunKind::kWindow);
  CHECK(draft.run.display_name == "首都口岸 09:00-12:00");
  CHECK(draft.run.legs() == 1);
  CHECK(draft.run.stops[1].arrives_at - draft.run.stops[0].departs_at == absl::Hours(3));
  CHECK(draft.classes[0].run_class.capacity == 12);
  CHECK(draft.classes[0].fares[0].fen == 2000);
}

}  // namespace houbu::slot
