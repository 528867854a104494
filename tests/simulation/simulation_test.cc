// Histories of slot, waitlist and payment in one process on virtual time. What happens follows from
// a seed; every commit is audited by rules that know nothing of the services' code. To repeat a
// history: HOUBU_TEST_SEED=<seed> HOUBU_TEST_HISTORIES=1; HOUBU_TEST_TRACE=1 shows its steps.
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/simulation/auditor_rules.h"
#include "tests/simulation/clients.h"

namespace houbu::async {

// Takes the place of the library's: retries wait by chance and on virtual time.
Task<void> Sleep(absl::Duration) {
  simulation::Scheduler& scheduler = simulation::Scheduler::Running();
  const absl::Duration wait = scheduler.Between(absl::Milliseconds(5), absl::Milliseconds(500));
  co_return co_await simulation::Pause(wait);
}

}  // namespace houbu::async

namespace houbu::simulation {
namespace {

unsigned FromEnvironment(const char* name, unsigned otherwise) {
  const char* const given = std::getenv(name);
  return given == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(given, nullptr, 10));
}

/// What else goes wrong in a history.
struct Disasters {
  bool index_lost = false;
  bool index_thrown_back = false;
};

/// One history: a time of trouble, then peace, then the end of all runs.
class History final {
 public:
  History(unsigned seed, const Weather& weather, Disasters disasters)
      : world_(seed, weather), auditor_(world_), clients_(world_), disasters_(disasters) {}

  /// Tells it; gives the auditor's objection.
  std::string Tell() {
    Trouble();
    Peace();
    End();
    return auditor_.objection();
  }

  const Auditor& auditor() const { return auditor_; }
  const World& world() const { return world_; }
  /// How often the index was thrown back, with another server and without anybody's notice.
  int rewound() const { return rewound_; }
  int rewound_in_place() const { return rewound_in_place_; }

 private:
  bool Objected() const { return !auditor_.objection().empty(); }

  void Run(absl::Duration time) {
    world_.RunUntil(world_.scheduler.Now() + time, [this] { return Objected(); });
  }

  void Trouble() {
    const absl::Time until = world_.scheduler.Now() + absl::Hours(3);
    while (world_.scheduler.Now() < until && !Objected()) {
      clients_.Act();
      Run(world_.scheduler.Between(absl::Seconds(5), absl::Seconds(100)));
      clients_.EndRefunds();
      if (disasters_.index_lost && world_.scheduler.Pick(12) == 0) world_.index.Lose();
      if (disasters_.index_thrown_back) ThrowBack();
      if (world_.weather.instant) Settle();
    }
  }

  // To the state of some minutes ago.
  void ThrowBack() {
    if (world_.scheduler.Pick(4) == 0) world_.index.Remember();
    if (world_.scheduler.Pick(12) != 0 || !world_.index.has_copies()) return;
    const bool is_same = world_.scheduler.Pick(2) == 0;
    const bool was_same = world_.index.ThrowBack(is_same, world_.homes.home());
    ++(was_same ? rewound_in_place_ : rewound_);
  }

  // In good weather the line is judged by the record whenever nothing has happened for as long as a
  // match takes from the index to the record: W-05 to the letter.
  void Settle() {
    Run(absl::Seconds(25));
    const absl::Duration quiet = world_.scheduler.Now() - auditor_.last_commit();
    if (!Objected() && quiet > absl::Seconds(5)) auditor_.CheckWaiters();
  }

  void Calm() {
    const bool instant = world_.weather.instant;
    world_.weather = Weather();
    world_.weather.instant = instant;
  }

  // No faults and nobody new: holds end, orders lapse, what is owed is paid.
  void Peace() {
    Calm();
    for (int i = 0; i < 12 && !Objected(); ++i) {
      Run(absl::Minutes(10));
      clients_.EndRefunds();
    }
    Run(absl::Minutes(3));
    if (!Objected()) auditor_.CheckRest();
  }

  // Every run has left and every provider was asked for the last time.
  void End() {
    world_.pace = 60;
    for (int i = 0; i < 40 && !Objected(); ++i) {
      Run(absl::Hours(2));
      clients_.EndRefunds();
    }
    if (!Objected()) auditor_.CheckEnd();
  }

  World world_;
  Auditor auditor_;
  Clients clients_;
  Disasters disasters_;
  int rewound_ = 0;
  int rewound_in_place_ = 0;
};

/// Tells `count` histories; the first objection fails the test with its seed.
void TellHistories(unsigned count, const Weather& weather, Disasters disasters) {
  const unsigned histories = FromEnvironment("HOUBU_TEST_HISTORIES", count);
  const unsigned first = FromEnvironment("HOUBU_TEST_SEED", std::random_device{}());
  std::map<std::string, int> seen;
  int deaths = 0;
  for (unsigned i = 0; i < histories; ++i) {
    History history(first + i, weather, disasters);
    const std::string objection = history.Tell();
    if (std::getenv("HOUBU_TEST_ALL") != nullptr && objection != "") {
      WARN("HOUBU_TEST_SEED=" << first + i << ": " << objection);
      continue;
    }
    INFO("HOUBU_TEST_SEED=" << first + i << " HOUBU_TEST_HISTORIES=1");
    REQUIRE(objection == "");
    for (const auto& [what, times] : history.auditor().seen()) seen[what] += times;
    deaths += history.world().deaths;
    seen["rewinds"] += history.rewound();
    seen["rewinds in place"] += history.rewound_in_place();
  }
  std::string figures = absl::StrCat(histories, " histories, ", deaths, " deaths;");
  for (const auto& [what, times] : seen) absl::StrAppend(&figures, " ", what, " ", times);
  if (std::getenv("HOUBU_TEST_FIGURES") != nullptr) WARN(figures);
  std::vector<std::string> musts = {"BOOKED", "CANCELLED", "EXPIRED", "SERVED", "matches"};
  if (disasters.index_thrown_back) musts.insert(musts.end(), {"rewinds", "rewinds in place"});
  for (const std::string& must : musts) {
    INFO(must << " never came about in " << figures);
    REQUIRE((histories < count || seen[must] > 0));
  }
}

TEST_CASE("In good weather nobody who waits ever fits what is free and order is kept",
          "[simulation][W-04][W-05][W-07][W-08][W-13][W-15][X-01]") {
  Weather weather;
  weather.instant = true;
  TellHistories(6, weather, Disasters());
}

TEST_CASE("Calls lost or doubled and services dying sell nothing twice and lose no fen",
          "[simulation][W-04][W-05][W-07][W-08][W-13][W-15][X-01][X-07]") {
  Weather weather;
  weather.fails = 10;
  weather.loses_answer = 10;
  weather.dies = 3;
  weather.call_lost = 50;
  weather.answer_lost = 50;
  weather.doubled = 150;
  TellHistories(6, weather, Disasters());
}

TEST_CASE("An index that is lost in bad weather is rebuilt and the line with it",
          "[simulation][W-05][W-07][X-01][X-07]") {
  Weather weather;
  weather.fails = 10;
  weather.loses_answer = 10;
  weather.dies = 2;
  weather.call_lost = 30;
  weather.answer_lost = 30;
  weather.doubled = 50;
  Disasters disasters;
  disasters.index_lost = true;
  TellHistories(5, weather, disasters);
}

// Within its epoch: by another server, which is known at once, or in place, which only the mark
// tells when somebody looks. Nobody rebuilds anything by hand.
TEST_CASE(
    "An index thrown back within its epoch sells nothing twice and passes nobody over for good",
    "[simulation][W-05][W-07][X-01][X-07]") {
  Weather weather;
  weather.fails = 10;
  weather.loses_answer = 10;
  weather.dies = 2;
  weather.call_lost = 30;
  weather.answer_lost = 30;
  weather.doubled = 50;
  Disasters disasters;
  disasters.index_thrown_back = true;
  TellHistories(6, weather, disasters);
}

}  // namespace
}  // namespace houbu::simulation
