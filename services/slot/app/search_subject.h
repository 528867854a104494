/// Searching with everything around it in memory, for tests: a small network is written down train
/// by train, opened, and sold.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "services/slot/app/availability.h"
#include "services/slot/app/board_keeper.h"
#include "services/slot/app/journey_search.h"
#include "services/slot/app/memory_change_feed.h"
#include "services/slot/app/memory_inventory.h"
#include "services/slot/app/memory_record.h"
#include "services/slot/app/run_opening.h"
#include "services/slot/app/window_search.h"

namespace houbu::slot {

/// Opened runs in memory, told to a record as they are opened.
class MemoryOpenedRuns final : public OpenedRuns {
 public:
  /// `record` must outlive this object.
  explicit MemoryOpenedRuns(MemoryRecord& record) : record_(record) {}

  async::Task<int> Open(std::vector<RunDraft> drafts) override {
    for (const RunDraft& draft : drafts) Add(draft);
    co_return static_cast<int>(drafts.size());
  }

  async::Task<std::set<TripDay>> Days(absl::CivilDay first, absl::CivilDay last) override {
    std::set<TripDay> days;
    for (const auto& [id, opened] : runs) {
      const Run& run = opened.run;
      if (first <= run.service_date && run.service_date <= last) {
        days.emplace(run.trip, run.service_date);
      }
    }
    co_return days;
  }

  async::Task<std::map<absl::CivilDay, std::int64_t>> CountByDay(absl::CivilDay first,
                                                                 absl::CivilDay last) override {
    std::map<absl::CivilDay, std::int64_t> counts;
    for (const auto& [id, opened] : runs) {
      const absl::CivilDay day = opened.run.service_date;
      if (first <= day && day <= last) ++counts[day];
    }
    co_return counts;
  }

  async::Task<std::vector<RunId>> IdsOf(absl::CivilDay day) override {
    std::vector<RunId> ids;
    for (const auto& [id, opened] : runs) {
      if (opened.run.service_date == day) ids.emplace_back(id);
    }
    co_return ids;
  }

  async::Task<std::set<RunId>> Closed(absl::CivilDay, absl::CivilDay) override {
    std::set<RunId> found;
    for (const auto& [id, opened] : runs) {
      const auto sale = co_await record_.ReadSale(opened.run.id);
      if (sale.ok() && *sale == Sale::kClosed) found.insert(opened.run.id);
    }
    co_return found;
  }

  async::Task<std::vector<OpenedRun>> Load(std::vector<RunId> ids) override {
    std::vector<OpenedRun> found;
    for (const RunId& id : ids) {
      const auto opened = runs.find(id.value());
      if (opened != runs.end()) found.push_back(opened->second);
    }
    co_return found;
  }

  async::Task<std::map<std::string, std::vector<RunClass>>> ClassesOf(
      std::vector<RunId> ids) override {
    std::map<std::string, std::vector<RunClass>> classes;
    for (const RunId& id : ids) {
      const auto opened = runs.find(id.value());
      if (opened != runs.end()) classes[id.value()] = opened->second.run.classes;
    }
    co_return classes;
  }

  std::map<std::string, OpenedRun> runs;

 private:
  void Add(const RunDraft& draft) {
    OpenedRun opened;
    MemoryRun kept;
    opened.run = draft.run;
    for (const ClassDraft& one : draft.classes) {
      opened.run.classes.push_back(one.run_class);
      const ClassCode& code = one.run_class.code;
      kept.units[code] = one.units;
      for (const FareDraft& fare : one.fares) {
        opened.fares.push_back(OpenedRun::Fare{code, fare.legs, fare.fen});
        kept.fares[{code, {fare.legs.from, fare.legs.to}}] = Fen(fare.fen);
      }
    }
    kept.run = opened.run;
    record_.Open(std::move(kept));
    runs[opened.run.id.value()] = std::move(opened);
  }

  MemoryRecord& record_;
};

/// A timetable in memory.
class MemoryCatalogue final : public CatalogueStore {
 public:
  async::Task<void> Import(FeedImport, absl::Time) override {
    co_return absl::UnimplementedError("set `content` instead");
  }
  async::Task<std::int64_t> Version() override { co_return content.version; }
  async::Task<CatalogueContent> Load() override { co_return content; }

  CatalogueContent content;
};

/// The network of a test and all that searches it. It is ten in the morning of 20 November 2026 in
/// Shanghai.
class SearchSubject final {
 public:
  /// `bytes_max` bounds the copy of what is free.
  explicit SearchSubject(std::size_t bytes_max = std::size_t{1} << 30)
      : availability(Availability::Tools{clock, board, index, changes, record, opened,
                                         AvailabilityPolicy{bytes_max}}) {
    catalogue.content.timetables.emplace_back().feed = "test";
    catalogue.content.offers.emplace_back().feed = "test";
    ServiceCalendar daily;
    daily.id = "daily";
    daily.weekdays = 127;
    daily.first_day = absl::CivilDay(2026, 1, 1);
    daily.last_day = absl::CivilDay(2027, 12, 31);
    catalogue.content.timetables[0].calendars.push_back(std::move(daily));
  }

  /// Adds a station of a city.
  void Station(const std::string& id, const std::string& name, const std::string& city,
               std::pair<double, double> place = {0, 0}) {
    slot::Station station;
    station.id = id;
    station.name = name;
    station.city = city;
    station.zone = "Asia/Shanghai";
    station.lat = place.first;
    station.lon = place.second;
    catalogue.content.timetables[0].stations.push_back(std::move(station));
  }

  /// Adds a daily train: "A 08:00 B 09:00 C 25:10", leaving each stop two minutes after it came.
  void Train(const std::string& number, const std::string& stops) {
    TimetabledTrain train;
    train.feed = "test";
    train.trip = absl::StrCat("t-", number);
    train.number = number;
    train.calendar = "daily";
    train.zone = "Asia/Shanghai";
    const std::vector<std::string> words = absl::StrSplit(stops, ' ');
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
      int hours = 0;
      int minutes = 0;
      const std::vector<std::string> parts = absl::StrSplit(words[i + 1], ':');
      REQUIRE((absl::SimpleAtoi(parts[0], &hours) && absl::SimpleAtoi(parts[1], &minutes)));
      TimetabledStop stop;
      stop.station = words[i];
      stop.arrives = (hours * 60 + minutes) * 60;
      stop.departs = stop.arrives + (i == 0 ? 0 : 120);
      stop.metres = static_cast<std::int64_t>(i / 2) * 100000;
      train.stops.push_back(std::move(stop));
    }
    catalogue.content.timetables[0].trains.push_back(std::move(train));
  }

  /// Sells a class on a train, ten seats or ten counted places, at a rate for each stretch between
  /// two stops.
  void Sell(const std::string& number, const ClassCode& code, std::int64_t fen,
            ClassKind kind = ClassKind::kAssigned) {
    ClassTemplate sold;
    sold.code = code;
    sold.kind = kind;
    sold.rate = fen;
    if (kind == ClassKind::kAssigned) sold.coaches.push_back(CoachTemplate{"01", "01-05:AF"});
    if (kind == ClassKind::kCounted) sold.places = 10;
    std::vector<TrainOffer>& trains = catalogue.content.offers[0].trains;
    if (trains.empty() || trains.back().train != number) trains.emplace_back().train = number;
    trains.back().classes.push_back(std::move(sold));
  }

  /// Takes the timetable in and opens its runs.
  void Open() {
    ++catalogue.content.version;
    REQUIRE(Run(cache.Refresh()).ok());
    REQUIRE(Run(opening.OpenHorizon()).ok());
    CatchUp();
  }

  /// Brings board and copy up to date.
  void CatchUp() {
    REQUIRE(Run(board.Refresh()).ok());
    for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(Run(availability.Follow()).ok());
  }

  /// The run of a train, or fails the case.
  std::string RunOf(const std::string& number, absl::CivilDay day) {
    for (const auto& [id, one] : opened.runs) {
      if (one.run.display_name == number && one.run.service_date == day) return id;
    }
    FAIL("no run of " << number);
    return "";
  }

  /// Takes places of a run over legs in the index, loading it first where it must be.
  void Take(const std::string& run, const ClassCode& code, LegRange legs, int party) {
    RunState state = Run(record.ReadState(RunId(run))).value();
    RunEpoch epoch;
    epoch.run = run;
    epoch.epoch = state.epoch;
    if (!Run(index.FullState(run)).ok()) REQUIRE(Run(index.Load(std::move(state))).ok());
    DemandKind kind;
    kind.class_code = code;
    kind.legs = legs;
    kind.party = party;
    REQUIRE(Run(index.Allocate(epoch, kind, absl::StrCat("bk-", ++taken_))).ok());
  }

  /// Runs a task to its end.
  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return testing::RunTask(loop, std::move(task));
  }

  /// "G1 A-C" for each, in their order.
  static std::vector<std::string> Words(const std::vector<JourneyOffer>& offers) {
    std::vector<std::string> words;
    words.reserve(offers.size());
    for (const JourneyOffer& offer : offers) words.push_back(Word(offer));
    return words;
  }

  /// "G1 A-C".
  static std::string Word(const JourneyOffer& offer) {
    return absl::StrCat(offer.train, " ", offer.from, "-", offer.to);
  }

  boost::asio::io_context loop{1};
  testing::ManualClock clock{
      absl::FromCivil(absl::CivilMinute(2026, 11, 20, 2, 0), absl::UTCTimeZone())};
  MemoryCatalogue catalogue;
  MemoryRecord record{clock};
  MemoryOpenedRuns opened{record};
  TimetableCache cache{catalogue};
  RunOpening opening{RunOpening::Tools{clock, cache, opened, RunOpeningPolicy()}};
  MemoryInventory index{clock};
  MemoryChangeFeed changes{index};
  BoardKeeper board{BoardKeeper::Tools{clock, cache, opened, 31}};
  Availability availability;
  BookingPolicy policy;
  JourneySearch journeys{
      JourneySearch::Tools{clock, cache, board, availability, opened, policy, 30}};
  WindowSearch windows{WindowSearch::Tools{board, availability, policy}};

 private:
  int taken_ = 0;
};

}  // namespace houbu::slot
