// Searching the whole of a country's timetable: what connections look like on it, and what a search
// costs.
#include <cstdio>
#include <ctime>
#include <functional>

#include "services/slot/app/connections.h"
#include "services/slot/app/search_subject.h"
#include "services/slot/storage/catalogue_subject.h"

namespace houbu::slot {
namespace {

const absl::CivilDay kDay(2026, 12, 1);

// China's timetable, its fast trains between two big cities sold; false, with the reason printed,
// where there is none.
bool TakeIn(SearchSubject& subject) {
  const std::filesystem::path path = RealFeedOrSkip("china-hsr-2016.zip");
  if (path.empty()) return false;
  async::WorkerPool workers{async::WorkerPoolOptions()};
  FeedFolder source(workers);
  const FeedFiles files = subject.Run(source.ReadGtfs(path.string())).value();
  FeedErrors errors;
  subject.catalogue.content.timetables[0] = ParseGtfs("china", files, errors);
  subject.catalogue.content.offers[0].feed = "china";
  REQUIRE(errors.empty());
  for (const TimetabledTrain& train : subject.catalogue.content.timetables[0].trains) {
    if (train.number.front() != 'G' || train.number.size() > 3) continue;
    subject.Sell(train.number, "first", 8000);
    subject.Sell(train.number, "second", 5000);
  }
  subject.Open();
  return true;
}

JourneyQuery Query(const std::string& origin, const std::string& destination) {
  JourneyQuery query;
  query.origin = origin;
  query.destination = destination;
  query.day = kDay;
  return query;
}

// Of CPU: whatever else runs beside this.
double MicrosOf(int rounds, const std::function<void()>& work) {
  const std::clock_t begin = std::clock();
  for (int round = 0; round < rounds; ++round) work();
  return static_cast<double>(std::clock() - begin) * 1e6 / CLOCKS_PER_SEC / rounds;
}

}  // namespace

TEST_CASE("one-change connections on China's timetable keep the rules of changing",
          "[slot][search][connections][W-02]") {
  SearchSubject subject;
  if (!TakeIn(subject)) return;
  JourneyQuery query = Query("哈尔滨西", "昆明南");
  query.destination = "长沙南";
  query.connections = 20;
  const auto page = subject.journeys.Look(query);
  REQUIRE(page.ok());
  REQUIRE_FALSE(page->connections.empty());
  const RouteNetwork& network = page->board->network();
  absl::Time arrival = absl::InfinitePast();
  for (const ConnectionOffer& one : page->connections) {
    INFO(SearchSubject::Word(one.first) << ", " << SearchSubject::Word(one.second));
    const StationNumber left = network.StationsOf(one.first.to).front();
    const StationNumber boarded = network.StationsOf(one.second.from).front();
    const std::vector<StationNumber>& city = network.station(left).city;
    CHECK(std::find(city.begin(), city.end(), boarded) != city.end());
    const absl::Duration change = one.second.departs_at - one.first.arrives_at;
    CHECK(change >= (left == boarded ? absl::Minutes(15) : absl::Minutes(60)));
    CHECK(change <= absl::Hours(4));
    CHECK(one.first.from_name == "哈尔滨西");
    CHECK(one.second.to_name == "长沙南");
    CHECK(one.second.arrives_at >= arrival);
    arrival = one.second.arrives_at;
  }
}

TEST_CASE("a search of China's timetable agrees with the timetable itself",
          "[slot][search][W-02]") {
  SearchSubject subject;
  if (!TakeIn(subject)) return;
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"北京", "上海"}, {"广州南", "武汉"}, {"济南西", "南京"}, {"成都东", "重庆北"}};
  const Timetable& timetable = subject.cache.Current()->timetable;
  for (const auto& [from, to] : pairs) {
    CAPTURE(from, to);
    std::set<std::string> expected;
    for (const PlannedJourney& planned :
         timetable.Journeys(timetable.StationsOf(from), timetable.StationsOf(to), kDay)) {
      const auto& stops = planned.train->stops;
      expected.insert(absl::StrCat(planned.train->number, " ",
                                   stops[static_cast<std::size_t>(planned.from)].station, "-",
                                   stops[static_cast<std::size_t>(planned.to)].station));
    }
    JourneyQuery query = Query(from, to);
    query.limit = 500;
    const auto page = subject.journeys.Look(query);
    REQUIRE(page.ok());
    const auto words = SearchSubject::Words(page->journeys);
    CHECK(std::set<std::string>(words.begin(), words.end()) == expected);
    CHECK(words.size() == expected.size());
    CHECK_FALSE(expected.empty());
  }
}

TEST_CASE("what a search of China's timetable costs is printed", "[slot][search][figures]") {
  SearchSubject subject;
  if (!TakeIn(subject)) return;
  subject.Take(subject.RunOf("G1", kDay), "second", {0, 1}, 1);
  subject.CatchUp();
  const auto look = [&](const JourneyQuery& query) {
    const auto page = subject.journeys.Look(query);
    REQUIRE(page.ok());
    return page->journeys.size();
  };
  const JourneyQuery city = Query("北京", "上海");
  JourneyQuery first = city;
  first.limit = 10;
  JourneyQuery small = Query("北京南", "天津南");
  JourneyQuery change = Query("哈尔滨西", "长沙南");
  change.connections = 10;
  std::printf("a search of %zu trains by city: %.1f us\n", look(city),
              MicrosOf(2000, [&] { look(city); }));
  std::printf("its first page of %zu: %.1f us\n", look(first),
              MicrosOf(2000, [&] { look(first); }));
  std::printf("a search of %zu trains by station: %.1f us\n", look(small),
              MicrosOf(2000, [&] { look(small); }));
  std::printf("a search with one change: %.0f us\n", MicrosOf(20, [&] { look(change); }));
  std::printf(
      "laying out the board: %.0f ms\n",
      MicrosOf(1, [&] {
        BoardKeeper board(BoardKeeper::Tools{subject.clock, subject.cache, subject.opened, 31});
        REQUIRE(subject.Run(board.Refresh()).ok());
      }) / 1000);
}

}  // namespace houbu::slot
