#include "services/slot/storage/cached_runs.h"

#include <exception>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include "services/slot/storage/postgres_runs.h"
#include "services/slot/storage/serial_block.h"
#include "services/slot/storage/test_scene.h"

namespace houbu::slot {
namespace {

/// The sample's runs, read through a memory that counts.
struct Bench {
  explicit Bench(Scene& the_scene, int runs_max = 100,
                 absl::Duration age_max = absl::InfiniteDuration())
      : scene(the_scene), runs(scene.pool, With(runs_max, age_max)) {}

  CachedRunsOptions With(int runs_max, absl::Duration age_max) {
    CachedRunsOptions options;
    options.runs_max = runs_max;
    options.age_max = age_max;
    options.on_lookup = [this](bool hit) { ++(hit ? hits : misses); };
    return options;
  }

  void Say(std::string sql) { REQUIRE(scene.Run(scene.pool.Query(std::move(sql))).ok()); }

  std::optional<Money> Fare(const std::string& run, const std::string& code, LegRange legs) {
    return scene.Run(runs.Fare(RunId(run), code, legs)).value();
  }

  std::vector<std::string> Numbers(const std::string& run, std::vector<int> units) {
    std::vector<std::string> numbers;
    const auto named = scene.Run(runs.Units(RunId(run), "second", std::move(units)));
    for (const Unit& unit : named.value()) numbers.push_back(unit.coach + "/" + unit.number);
    return numbers;
  }

  Scene& scene;
  int hits = 0;
  int misses = 0;
  CachedRuns runs;
};

void RunUntil(Scene& scene, const std::function<bool()>& done) {
  scene.loop.restart();
  while (!done()) REQUIRE(scene.loop.run_one() == 1);
}

TEST_CASE("a run in memory says what the record says", "[slot][runs]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Bench bench(*scene);
  for (const std::string id : {"g1", "g3", "w1", "g1"}) {
    CAPTURE(id);
    const Run kept = scene->Run(bench.runs.Load(RunId(id))).value();
    const Run read = scene->Run(scene->runs.Load(RunId(id))).value();
    CHECK(kept.id == read.id);
    CHECK(kept.kind == read.kind);
    CHECK(kept.display_name == read.display_name);
    CHECK(kept.trip == read.trip);
    CHECK(kept.service_date == read.service_date);
    CHECK(kept.time_zone == read.time_zone);
    CHECK(kept.sale_open_at == read.sale_open_at);
    CHECK(kept.departs_at == read.departs_at);
    CHECK(kept.epoch == read.epoch);
    REQUIRE(kept.stops.size() == read.stops.size());
    for (std::size_t i = 0; i < kept.stops.size(); ++i) {
      CHECK(kept.stops[i].station == read.stops[i].station);
      CHECK(kept.stops[i].name == read.stops[i].name);
      CHECK(kept.stops[i].city == read.stops[i].city);
      CHECK(kept.stops[i].arrives_at == read.stops[i].arrives_at);
      CHECK(kept.stops[i].departs_at == read.stops[i].departs_at);
    }
    REQUIRE(kept.classes.size() == read.classes.size());
    for (std::size_t i = 0; i < kept.classes.size(); ++i) {
      CHECK(kept.classes[i].code == read.classes[i].code);
      CHECK(kept.classes[i].kind == read.classes[i].kind);
      CHECK(kept.classes[i].capacity == read.classes[i].capacity);
      for (int from = -1; from <= read.legs(); ++from) {
        for (int to = -1; to <= read.legs() + 1; ++to) {
          const LegRange legs{from, to};
          CHECK(bench.Fare(id, kept.classes[i].code, legs) ==
                scene->Run(scene->runs.Fare(RunId(id), kept.classes[i].code, legs)).value());
        }
      }
    }
  }
  CHECK(bench.Fare("g1", "first", LegRange{0, 1}) == std::nullopt);
  CHECK(bench.Numbers("g1", {2, 0}) == std::vector<std::string>{"01/03", "01/01"});
  CHECK(bench.misses == 3);
  CHECK(ReasonOfOutcome(scene->Run(bench.runs.Load(RunId("none")))) == kRunNotFound.reason);
}

TEST_CASE("units that were added are found, whoever added them", "[slot][runs][X-13]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Bench bench(*scene);
  CHECK(bench.Numbers("g1", {3}) == std::vector<std::string>{"01/04"});
  bench.Say("UPDATE run_classes SET capacity = 5 WHERE run_id = 'g1' AND code = 'second'");
  bench.Say(
      "INSERT INTO run_units (run_id, class_code, unit, coach, number)"
      " VALUES ('g1', 'second', 4, '02', '01')");
  CHECK(bench.Numbers("g1", {3, 4}) == std::vector<std::string>{"01/04", "02/01"});
  CHECK(scene->Run(bench.runs.Load(RunId("g1"))).value().classes[0].capacity == 5);
  // What nobody knows is not named.
  CHECK(bench.Numbers("g1", {3, 9}) == std::vector<std::string>{"01/04"});
}

TEST_CASE("a class that sells the places of another names them as that one does",
          "[slot][runs][sharing]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  scene->Execute(kSharingSample);
  Bench bench(*scene);
  const std::vector<int> units = {2, 0};
  const auto named = scene->Run(bench.runs.Units(RunId("g1"), "bargain", units)).value();
  REQUIRE(named.size() == 2);
  CHECK(named[0].number == "03");
  const Run run = scene->Run(bench.runs.Load(RunId("g1"))).value();
  CHECK(FindClass(run, "bargain")->shares == "second");
  CHECK(FindClass(run, "second")->positions == "ACDF");
}

TEST_CASE("an epoch that was found old is not asked for again", "[slot][runs]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Bench bench(*scene);
  REQUIRE(scene->Run(bench.runs.Load(RunId("g1"))).value().epoch == 1);
  bench.runs.NoteEpoch(RunId("g1"), 7);
  bench.runs.NoteEpoch(RunId("g1"), 4);
  bench.runs.NoteEpoch(RunId("g3"), 4);
  CHECK(scene->Run(bench.runs.Load(RunId("g1"))).value().epoch == 7);
  CHECK(scene->Run(bench.runs.Load(RunId("g3"))).value().epoch == 1);
}

TEST_CASE("a booking with an old epoch in memory is made, and teaches the memory",
          "[slot][runs][X-05]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Bench bench(*scene);
  BookingTools tools{scene->clock,       scene->ids,      scene->record,
                     bench.runs,         scene->bookings, scene->inventory,
                     scene->fresh_index, scene->index,    scene->policy};
  BookingCreation creation(tools, scene->statements);
  REQUIRE(scene->Run(bench.runs.Load(RunId("g1"))).value().epoch == 1);
  REQUIRE(scene->Book(Wish()).ok());
  const auto book = [&](const std::string& traveller) {
    BookingWish wish;
    wish.origin.account = "accounts/ac-1";
    wish.run = RunId("g1");
    wish.class_code = "second";
    wish.from = "a";
    wish.to = "c";
    wish.statement.payload = traveller;
    return scene->Run(creation.Create(wish, scene->Answer(scene->Key()))).status();
  };
  const auto in_record = [&] { return scene->Run(scene->runs.Load(RunId("g1"))).value().epoch; };
  RunEpoch used;
  used.run = "g1";
  used.epoch = in_record();
  const std::int64_t rebuilt = scene->Run(scene->fresh_index.Refresh(used, 0)).value();
  CHECK(book("t2").ok());
  CHECK(scene->Run(bench.runs.Load(RunId("g1"))).value().epoch == rebuilt);

  // Raised by somebody who died before the index was loaded: only the commit can tell.
  REQUIRE(scene->Run(scene->inventory.RaiseEpoch(RunId("g1"), rebuilt, 0)).ok());
  CHECK(book("t3").ok());
  CHECK(scene->Run(bench.runs.Load(RunId("g1"))).value().epoch == in_record());
  CHECK(in_record() > rebuilt);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("only so many runs are kept, those used last, and none for ever", "[slot][runs]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Bench few(*scene, 2);
  for (const std::string id : {"g1", "g3", "g1", "w1", "g1"}) {
    REQUIRE(scene->Run(few.runs.Load(RunId(id))).ok());
  }
  CHECK(few.runs.size() == 2);
  CHECK(few.misses == 3);
  REQUIRE(scene->Run(few.runs.Load(RunId("g3"))).ok());
  CHECK(few.misses == 4);

  Bench brief(*scene, 2, absl::ZeroDuration());
  REQUIRE(scene->Run(brief.runs.Load(RunId("g1"))).ok());
  brief.Say("UPDATE runs SET display_name = 'G1X' WHERE id = 'g1'");
  CHECK(scene->Run(brief.runs.Load(RunId("g1"))).value().display_name == "G1X");
}

TEST_CASE("who finds a run missing at the same time shares one read", "[slot][runs]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Bench bench(*scene);
  int loaded = 0;
  for (int i = 0; i < 40; ++i) {
    boost::asio::co_spawn(scene->loop, bench.runs.Load(RunId(i % 2 == 0 ? "g1" : "none")),
                          [&loaded, i](std::exception_ptr, const absl::StatusOr<Run>& run) {
                            CHECK(run.ok() == (i % 2 == 0));
                            ++loaded;
                          });
  }
  RunUntil(*scene, [&loaded] { return loaded == 40; });
  CHECK(bench.runs.size() == 1);
}

TEST_CASE("serial numbers are given once, over all processes", "[slot][record][R-13]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  SerialBlock here(scene->pool);
  SerialBlock there(scene->pool);
  std::set<std::int64_t> given;
  for (int i = 0; i < 1200; ++i) {
    given.insert(scene->Run((i % 3 == 0 ? there : here).Next()).value());
  }
  int ended = 0;
  for (int i = 0; i < 600; ++i) {
    boost::asio::co_spawn(scene->loop, there.Next(),
                          [&](std::exception_ptr, const absl::StatusOr<std::int64_t>& number) {
                            given.insert(number.value());
                            ++ended;
                          });
  }
  RunUntil(*scene, [&ended] { return ended == 600; });
  CHECK(given.size() == 1800);
}

}  // namespace
}  // namespace houbu::slot
