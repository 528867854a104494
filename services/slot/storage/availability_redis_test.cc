// The copy of what is free against the index itself, in memory and in Redis: after random histories
// both show the same, whatever was lost in between.
#include <cstdio>
#include <ctime>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "libs/redis/client.h"
#include "libs/testing/test_redis.h"
#include "services/slot/app/search_subject.h"
#include "services/slot/storage/change_feed.h"
#include "services/slot/storage/redis_inventory.h"

namespace houbu::slot {
namespace {

constexpr int kShards = 4;

// The network of a test with its index in Redis.
class RedisSubject final {
 public:
  explicit RedisSubject(const testing::TestRedis& server)
      : client(subject.loop.get_executor(), OptionsOf(server)) {
    for (const char* id : {"A", "B", "C", "D"}) subject.Station(id, id, "");
    for (int i = 0; i < 3; ++i) {
      const std::string number = absl::StrCat("G", i);
      subject.Train(number, "A 08:00 B 09:00 C 10:00 D 11:00");
      subject.Sell(number, "second", 20000);
      subject.Sell(number, "standing", 10000, ClassKind::kCounted);
    }
    ++subject.catalogue.content.version;
    REQUIRE(subject.Run(subject.cache.Refresh()).ok());
    REQUIRE(subject.Run(subject.opening.OpenHorizon()).ok());
    REQUIRE(subject.Run(subject.board.Refresh()).ok());
    REQUIRE(subject.Run(index.Prepare()).ok());
    for (int ahead = 3; ahead < 6; ++ahead) {
      for (int i = 0; i < 3; ++i) {
        runs.push_back(subject.RunOf(absl::StrCat("G", i), absl::CivilDay(2026, 11, 20) + ahead));
      }
    }
  }

  ~RedisSubject() {
    client.Close();
    subject.loop.restart();
    subject.loop.poll();
  }

  static redis::Options OptionsOf(const testing::TestRedis& server) {
    redis::Options options;
    options.host = server.host();
    options.port = server.port();
    return options;
  }

  void CatchUp() {
    for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(subject.Run(availability.Follow()).ok());
    REQUIRE(availability.figures().runs_waiting == 0);
  }

  // Requires that the copy has of every run what the index has.
  void Compare() {
    for (const std::string& run : runs) {
      const auto state = subject.Run(index.FullState(run));
      if (!state.ok()) continue;
      const SoldRun& sold = *subject.board.runs().at(run);
      const RunPlaces places = sold.places.With([](const RunPlaces& kept) { return kept; });
      REQUIRE(places.known);
      for (int from = 0; from < state->state.legs; ++from) {
        for (int to = from + 1; to <= state->state.legs; ++to) CompareOver(run, {from, to}, places);
      }
    }
  }

  void CompareOver(const std::string& run, LegRange legs, const RunPlaces& places) {
    const RunEpoch epoch = {run, epochs[run]};
    const auto counted = subject.Run(index.Snapshot(epoch, legs));
    REQUIRE(counted.ok());
    const std::vector<RouteClass>& classes = subject.board.runs().at(run)->route->classes;
    for (const ClassVacancy& vacancy : *counted) {
      for (std::size_t i = 0; i < classes.size(); ++i) {
        if (classes[i].code != vacancy.class_code) continue;
        CHECK(places.classes[i].CountFree(legs) == vacancy.free);
      }
    }
  }

  SearchSubject subject;
  redis::Client client;
  RedisInventory index{client, kShards};
  RedisChangeFeed feed{client, index};
  Availability availability{Availability::Tools{subject.clock, subject.board, index, feed,
                                                subject.record, subject.opened,
                                                AvailabilityPolicy()}};
  std::vector<std::string> runs;
  std::map<std::string, std::int64_t> epochs;
};

// Sales, returns, waiters, added units and reloads by chance.
class Chance final {
 public:
  Chance(RedisSubject& subject, unsigned seed) : subject_(subject), engine_(seed) {}

  void Step() {
    const std::string run =
        subject_.runs[static_cast<std::size_t>(Below(static_cast<int>(subject_.runs.size())))];
    if (!subject_.epochs.contains(run)) Load(run);
    const RunEpoch epoch = {run, subject_.epochs[run]};
    const int roll = Below(100);
    const std::string token = absl::StrCat("bk-", ++tokens_);
    if (roll < 45) {
      Ignore(subject_.index.Allocate(epoch, Kind(), token));
      taken_.emplace_back(run, token);
    } else if (roll < 75 && !taken_.empty()) {
      const auto& [from, held] =
          taken_[static_cast<std::size_t>(Below(static_cast<int>(taken_.size())))];
      Ignore(subject_.index.Release(RunEpoch{from, subject_.epochs[from]}, held));
    } else if (roll < 90) {
      const absl::Time at = absl::FromUnixMicros(1793491200000000 + tokens_);
      Ignore(subject_.index.Enlist(epoch, WaitingDemand{token, Kind(), at}));
      taken_.emplace_back(run, token);
    } else if (roll < 95) {
      Add(epoch);
    } else {
      Load(run);
    }
  }

 private:
  template <class Outcome>
  void Ignore(boost::asio::awaitable<Outcome> call) {
    const auto outcome = subject_.subject.Run(std::move(call));
    REQUIRE_FALSE(absl::IsUnavailable(outcome.status()));
  }

  void Load(const std::string& run) {
    RunState state = subject_.subject.Run(subject_.subject.record.ReadState(RunId(run))).value();
    state.epoch = subject_.epochs[run] + 1;
    subject_.epochs[run] = state.epoch;
    REQUIRE(subject_.subject.Run(subject_.index.Load(std::move(state))).ok());
  }

  void Add(const RunEpoch& epoch) {
    const auto state = subject_.subject.Run(subject_.index.FullState(epoch.run));
    if (!state.ok()) return;
    const ClassLayout& layout = state->state.classes[static_cast<std::size_t>(Below(2))];
    AddedUnits added;
    added.class_code = layout.code;
    added.first_unit = layout.capacity;
    added.units = 1 + Below(70);
    Ignore(subject_.index.AddCapacity(epoch, added));
  }

  DemandKind Kind() {
    DemandKind kind;
    kind.class_code = Below(2) == 0 ? "second" : "standing";
    kind.legs.from = Below(3);
    kind.legs.to = kind.legs.from + 1 + Below(3 - kind.legs.from);
    kind.party = 1 + Below(4);
    return kind;
  }

  int Below(int bound) { return std::uniform_int_distribution<>(0, bound - 1)(engine_); }

  RedisSubject& subject_;
  std::mt19937 engine_;
  int tokens_ = 0;
  std::vector<std::pair<std::string, std::string>> taken_;
};

}  // namespace

TEST_CASE("after random histories the copy shows what the index in Redis has",
          "[slot][availability][redis][W-02][X-18]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  RedisSubject subject(*server);
  subject.CatchUp();
  Chance chance(subject, seed);
  for (int round = 0; round < 30; ++round) {
    for (int step = 0; step < 20; ++step) chance.Step();
    subject.CatchUp();
    subject.Compare();
  }
  const AvailabilityFigures figures = subject.availability.figures();
  CHECK(figures.changes > 200);
  CHECK(figures.replaced > 0);
  CHECK(figures.contradictions == 0);
  CHECK(figures.gaps == 0);
}

TEST_CASE(
    "changes that were forgotten before they were read make a gap, and the shard is read anew",
    "[slot][availability][redis][X-18]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  RedisSubject subject(*server);
  subject.CatchUp();
  Chance chance(subject, 7);
  for (int step = 0; step < 60; ++step) chance.Step();
  subject.CatchUp();
  for (int step = 0; step < 200; ++step) chance.Step();
  for (int shard = 0; shard < kShards; ++shard) {
    const std::string stream = absl::StrCat("h:{s0", shard, "}:changes");
    std::vector<std::string> trim = {"XTRIM", stream, "MAXLEN", "1"};
    REQUIRE(subject.subject.Run(subject.client.Call(std::move(trim), stream)).ok());
  }
  subject.CatchUp();
  CHECK(subject.availability.figures().gaps > 0);
  subject.Compare();
}

TEST_CASE("an emptied Redis shows what the record has, until runs are loaded again",
          "[slot][availability][redis][X-18]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  RedisSubject subject(*server);
  subject.CatchUp();
  Chance chance(subject, 11);
  for (int step = 0; step < 100; ++step) chance.Step();
  subject.CatchUp();
  server->Flush();
  subject.CatchUp();
  CHECK(subject.availability.figures().gaps > 0);
  for (const std::string& run : subject.runs) {
    const SoldRun& sold = *subject.subject.board.runs().at(run);
    const RunPlaces places = sold.places.With([](const RunPlaces& kept) { return kept; });
    REQUIRE(places.known);
    CHECK(places.classes[0].CountFree({0, 3}) == 10);
  }
  for (int step = 0; step < 100; ++step) chance.Step();
  subject.CatchUp();
  subject.Compare();
}

TEST_CASE("what following an idle index costs is printed", "[slot][availability][redis][figures]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  RedisSubject subject(*server);
  subject.CatchUp();
  constexpr int kRounds = 200;
  const std::clock_t begin = std::clock();
  for (int round = 0; round < kRounds; ++round) {
    REQUIRE(subject.subject.Run(subject.availability.Follow()).ok());
  }
  const double micros =
      static_cast<double>(std::clock() - begin) * 1e6 / CLOCKS_PER_SEC / kRounds;
  std::printf("an idle round over %d shards: %.0f us of CPU\n", kShards, micros);
  CHECK(subject.availability.figures().changes == 0);
}

}  // namespace houbu::slot
