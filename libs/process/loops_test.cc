#include "libs/process/loops.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "catch2/catch.hpp"
#include <boost/asio/io_context.hpp>

#include "libs/async/status_macros.h"
#include "libs/process/clock_file.h"
#include "libs/testing/run_task.h"

namespace houbu::process {
namespace {

TEST_CASE("a loop that fails waits longer each time, to a limit", "[process][loops]") {
  struct Row {
    absl::Duration interval;
    int failures;
    absl::Duration pause;
  };
  const std::vector<Row> rows = {
      {absl::Seconds(1), 0, absl::Seconds(1)},
      {absl::Seconds(1), 1, absl::Seconds(2)},
      {absl::Seconds(1), 3, absl::Seconds(8)},
      {absl::Seconds(1), 5, absl::Seconds(30)},
      {absl::Seconds(1), 1000000, absl::Seconds(30)},
      {absl::ZeroDuration(), 0, absl::ZeroDuration()},
      {absl::ZeroDuration(), 1, absl::Milliseconds(200)},
      {absl::Minutes(5), 0, absl::Minutes(5)},
      {absl::Minutes(5), 4, absl::Minutes(5)},
  };
  for (const Row& row : rows) {
    CAPTURE(row.interval, row.failures);
    CHECK(PauseAfter(row.interval, row.failures) == row.pause);
  }
}

async::Task<void> Count(int& rounds, int failures) {
  ++rounds;
  co_return rounds <= failures ? absl::UnavailableError("away") : absl::OkStatus();
}

async::Task<void> RunUntil(RunningLoops& loops, const int& rounds, int wanted) {
  while (rounds < wanted) {
    CO_RETURN_IF_ERROR(co_await async::Sleep(absl::Milliseconds(5)));
  }
  co_return co_await loops.Stop();
}

TEST_CASE("a failed round is counted and tried again", "[process][loops]") {
  boost::asio::io_context io_context;
  observe::Metrics metrics;
  RunningLoops loops(io_context.get_executor(), metrics);
  int rounds = 0;
  Loop loop;
  loop.name = "sweeper";
  loop.interval = absl::Milliseconds(1);
  loop.round = [&rounds] { return Count(rounds, 1); };
  loops.Start(std::move(loop));
  CHECK(testing::RunTask(io_context, RunUntil(loops, rounds, 3)).ok());
  CHECK(rounds >= 3);
  const std::string figures = metrics.Render();
  CAPTURE(figures);
  CHECK(absl::StrContains(figures, "houbu_loop_errors_total{loop=\"sweeper\"} 1"));
}

async::Task<void> Note(std::vector<std::string>& ended, std::string name) {
  const absl::Status slept = co_await async::Sleep(absl::Milliseconds(20));
  ended.push_back(std::move(name));
  co_return slept;
}

async::Task<void> StopSoon(RunningLoops& loops) {
  CO_RETURN_IF_ERROR(co_await async::Sleep(absl::Milliseconds(5)));
  co_return co_await loops.Stop();
}

TEST_CASE("stopping lets rounds end, the last started first", "[process][loops]") {
  boost::asio::io_context io_context;
  observe::Metrics metrics;
  RunningLoops loops(io_context.get_executor(), metrics);
  std::vector<std::string> ended;
  std::vector<std::string> interrupted;
  for (const std::string name : {"first", "second"}) {
    Loop loop;
    loop.name = name;
    loop.interval = absl::Hours(1);
    loop.round = [&ended, name] { return Note(ended, name); };
    loop.interrupt = [&interrupted, name] { interrupted.push_back(name); };
    loops.Start(std::move(loop));
  }
  CHECK(testing::RunTask(io_context, StopSoon(loops)).ok());
  CHECK(ended.size() == 2);
  CHECK(interrupted == std::vector<std::string>{"second", "first"});
}

async::Task<void> WakeUntil(RunningLoops& loops, const int& rounds, int wanted) {
  while (rounds < wanted) {
    loops.Wake("sweeper");
    CO_RETURN_IF_ERROR(co_await async::Sleep(absl::Milliseconds(1)));
  }
  co_return co_await loops.Stop();
}

TEST_CASE("a woken loop does not wait for its interval", "[process][loops]") {
  boost::asio::io_context io_context;
  observe::Metrics metrics;
  RunningLoops loops(io_context.get_executor(), metrics);
  int rounds = 0;
  Loop loop;
  loop.name = "sweeper";
  loop.interval = absl::Hours(1);
  loop.round = [&rounds] { return Count(rounds, 0); };
  loops.Start(std::move(loop));
  CHECK(testing::RunTask(io_context, WakeUntil(loops, rounds, 3)).ok());
  CHECK(rounds >= 3);
}

TEST_CASE("a moved clock is found again after a restart", "[process][clock]") {
  const std::string path = "/tmp/houbu_clock_file_test";
  const std::string missing = "/tmp/houbu_clock_file_test_missing";
  CHECK(*ReadClockFile(missing) == absl::ZeroDuration());
  CHECK(WriteClockFile(path, absl::Hours(25) + absl::Microseconds(1)).ok());
  CHECK(*ReadClockFile(path) == absl::Hours(25) + absl::Microseconds(1));
  CHECK_FALSE(WriteClockFile("/nowhere/clock", absl::Hours(1)).ok());
}

}  // namespace
}  // namespace houbu::process
