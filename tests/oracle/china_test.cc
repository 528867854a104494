// China's high-speed timetable, opened by slot's own catalogue, sold out and churned in Redis
// against the plain model. By default a slice of one day; the whole of it, 30 days of all trains:
//   HOUBU_CHINA_DAYS=30 HOUBU_CHINA_EVERY=1 build/dev/oracle_test '[china]'
// HOUBU_CHINA_ROWS makes trains longer, HOUBU_TEST_SEED tells which story is told.
#include <sys/resource.h>

#include <chrono>
#include <fstream>
#include <map>
#include <random>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>

#include "libs/async/worker_pool.h"
#include "services/slot/storage/feed_folder.h"
#include "services/slot/storage/inventory_subject.h"
#include "tests/oracle/china_runs.h"
#include "tests/oracle/data_folder.h"
#include "tests/oracle/sold_out_run.h"

namespace houbu::oracle {
namespace {

using slot::Backend;
using slot::InventorySubject;

/// The stories of one day's runs, many told at once.
class Day final {
 public:
  Day(slot::InventoryIndex& index, std::vector<slot::RunState> states, unsigned seed) {
    for (slot::RunState& state : states) {
      stories_.push_back(std::make_unique<SoldOutRun>(index, std::move(state), ++seed));
    }
  }

  /// Tells them; fails with the first difference.
  async::Task<void> Tell() {
    const auto executor = co_await boost::asio::this_coro::executor;
    const auto never = boost::asio::steady_timer::time_point::max();
    boost::asio::steady_timer all_told(executor, never);
    int tellers = kTellers;
    for (int i = 0; i < kTellers; ++i) {
      const auto done = [this, &tellers, &all_told](std::exception_ptr bug, absl::Status status) {
        if (bug) std::rethrow_exception(bug);
        if (difference_.ok()) difference_ = std::move(status);
        if (--tellers == 0) all_told.cancel();
      };
      boost::asio::co_spawn(executor, TellSome(), done);
    }
    boost::system::error_code ignored;
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
    co_await all_told.async_wait(token);
    co_return difference_;
  }

  /// Adds up what happened.
  RunFigures figures() const {
    RunFigures sum;
    for (const auto& story : stories_) sum.Add(story->figures());
    return sum;
  }

  /// Requires that the matches the index proposed are the model's, run by run in their order.
  void CompareMatches(const std::vector<slot::Match>& matches) const {
    std::map<std::string, std::vector<std::string>> proposed;
    for (const slot::Match& match : matches) {
      proposed[match.run].push_back(ShowMatch(match.demand, match.units));
    }
    for (const auto& story : stories_) {
      INFO(story->run());
      REQUIRE(proposed[story->run()] == story->served());
    }
  }

 private:
  static constexpr int kTellers = 32;

  async::Task<void> TellSome() {
    while (next_ < stories_.size() && difference_.ok()) {
      SoldOutRun& story = *stories_[next_++];
      CO_RETURN_IF_ERROR(co_await story.Tell());
    }
    co_return absl::OkStatus();
  }

  std::vector<std::unique_ptr<SoldOutRun>> stories_;
  std::size_t next_ = 0;
  absl::Status difference_;
};

/// All matches, read in portions until none is left.
std::vector<slot::Match> AllMatches(InventorySubject& subject) {
  std::vector<slot::Match> all;
  while (true) {
    const std::vector<slot::Match> some = subject.TakeMatches("china");
    if (some.empty()) return all;
    all.insert(all.end(), some.begin(), some.end());
  }
}

std::vector<slot::RunState> EveryNth(std::vector<slot::RunState> states, int nth) {
  std::vector<slot::RunState> chosen;
  for (std::size_t i = 0; i < states.size(); i += static_cast<std::size_t>(nth)) {
    chosen.push_back(std::move(states[i]));
  }
  return chosen;
}

/// The most memory this process has had, MiB.
long MemoryMax() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

TEST_CASE("all of China's trains sell out and churn as the plain model says",
          "[china][oracle][W-05][W-07][W-12][X-01][X-18]") {
  const std::filesystem::path feed = SharedData("HOUBU_CHINA_FEED", "gtfs/china-hsr-2016.zip");
  if (!std::filesystem::exists(feed)) {
    WARN("SKIPPED: no " << feed.filename() << " in the folder HOUBU_TEST_DATA names");
    return;
  }
  const auto subject = InventorySubject::OrSkip(Backend::kRedis, 16);
  if (!subject) return;
  const int days = Setting("HOUBU_CHINA_DAYS", 1);
  const int every = Setting("HOUBU_CHINA_EVERY", 20);
  const auto seed = static_cast<unsigned>(
      Setting("HOUBU_TEST_SEED", static_cast<int>(std::random_device{}() % 1000000)));
  INFO("HOUBU_TEST_SEED=" << seed);
  async::WorkerPool workers{async::WorkerPoolOptions()};
  slot::FeedFolder folder(workers);
  ChinaRuns china;
  auto files = subject->Run(folder.ReadGtfs(feed.string()));
  REQUIRE(files.status() == absl::OkStatus());
  const int rows = Setting("HOUBU_CHINA_ROWS", 2);
  REQUIRE(subject->Run(china.Import(*std::move(files), rows)) == absl::OkStatus());
  const auto started = std::chrono::steady_clock::now();
  RunFigures sum;
  for (int day = 0; day < days; ++day) {
    auto states = subject->Run(china.OpenDay(day));
    REQUIRE(states.status() == absl::OkStatus());
    REQUIRE(states->size() == 4402);
    subject->Lose();  // the day before is over
    Day churned(subject->index(), EveryNth(*std::move(states), every),
                seed + static_cast<unsigned>(day) * 10000);
    REQUIRE(subject->Run(churned.Tell()) == absl::OkStatus());
    churned.CompareMatches(AllMatches(*subject));
    sum.Add(churned.figures());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  WARN(days << " days, " << sum.runs << " runs, " << sum.calls << " calls: " << sum.sold
            << " sold, " << sum.refused << " refused, " << sum.cancelled << " given back, "
            << sum.served << " served from the line, " << sum.waiting << " still waiting; "
            << took.count() << " s, at most " << MemoryMax() << " MiB");
  CHECK(sum.served > sum.runs);
  CHECK(sum.waiting > sum.runs);
}

}  // namespace
}  // namespace houbu::oracle
