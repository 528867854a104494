#include "libs/process/loops.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/base/text.h"
#include "libs/observe/log.h"

namespace houbu::process {
namespace {

constexpr absl::Duration kShortestBackoff = absl::Milliseconds(100);
constexpr absl::Duration kLongestBackoff = absl::Seconds(30);
constexpr int kMostDoublings = 16;

boost::asio::awaitable<void> WaitFor(boost::asio::steady_timer& timer) {
  boost::system::error_code ignored;
  auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
  co_await timer.async_wait(token);
}

}  // namespace

absl::Duration PauseAfter(absl::Duration interval, int failures_in_a_row) {
  if (failures_in_a_row <= 0) return interval;
  const int doublings = std::min(failures_in_a_row, kMostDoublings);
  const absl::Duration doubled = std::max(interval, kShortestBackoff) * (1 << doublings);
  return std::min(doubled, std::max(interval, kLongestBackoff));
}

struct RunningLoops::State {
  State(Loop the_loop, const boost::asio::any_io_executor& executor, observe::Metrics& metrics)
      : loop(std::move(the_loop)),
        pause(executor),
        finished(executor),
        rounds(metrics.AddCounter("houbu_loop_rounds_total", "Rounds of background loops.",
                                  observe::Labels{{"loop", loop.name}})),
        errors(metrics.AddCounter("houbu_loop_errors_total", "Rounds that failed.",
                                  observe::Labels{{"loop", loop.name}})) {}

  static boost::asio::awaitable<void> Turn(std::shared_ptr<State> state);
  void Note(const absl::Status& outcome);

  Loop loop;
  boost::asio::steady_timer pause;
  boost::asio::steady_timer finished;  // Never expires; cancelled when the loop has ended.
  prometheus::Counter& rounds;
  prometheus::Counter& errors;
  int failures_in_a_row = 0;
  bool woken = false;
  bool stopping = false;
  bool ended = false;
};

boost::asio::awaitable<void> RunningLoops::State::Turn(std::shared_ptr<State> state) {
  while (!state->stopping) {
    state->woken = false;
    const absl::Status outcome = co_await state->loop.round();
    state->Note(outcome);
    // A wake never shortens a back-off: what is broken is not hammered.
    if (state->stopping || (state->woken && outcome.ok())) continue;
    const absl::Duration length = PauseAfter(state->loop.interval, state->failures_in_a_row);
    state->pause.expires_after(absl::ToChronoMilliseconds(length));
    co_await WaitFor(state->pause);
  }
  state->ended = true;
  state->finished.cancel();
}

void RunningLoops::State::Note(const absl::Status& outcome) {
  rounds.Increment();
  if (outcome.ok()) {
    if (failures_in_a_row > 0) {
      observe::Log(
          observe::Level::kInfo, "loop_recovered",
          {observe::Field("loop", loop.name), observe::Field("failures", failures_in_a_row)});
    }
    failures_in_a_row = 0;
    return;
  }
  errors.Increment();
  ++failures_in_a_row;
  observe::Log(observe::Level::kWarning, "loop_failed",
               {observe::Field("loop", loop.name), observe::ErrorField(outcome),
                observe::Field("failures", failures_in_a_row)});
}

RunningLoops::RunningLoops(boost::asio::any_io_executor executor, observe::Metrics& metrics)
    : executor_(std::move(executor)), metrics_(metrics) {}

RunningLoops::~RunningLoops() = default;

void RunningLoops::Start(Loop loop) {
  auto state = std::make_shared<State>(std::move(loop), executor_, metrics_);
  state->finished.expires_at(std::chrono::steady_clock::time_point::max());
  loops_.push_back(state);
  // An exception is a bug: it leaves the event loop and ends the process.
  boost::asio::co_spawn(executor_, State::Turn(state), [](std::exception_ptr bug) {
    if (bug) std::rethrow_exception(bug);
  });
}

void RunningLoops::Wake(absl::string_view name) {
  for (const std::shared_ptr<State>& state : loops_) {
    if (state->loop.name == ToStd(name)) Wake(*state);
  }
}

void RunningLoops::WakeAll() {
  for (const std::shared_ptr<State>& state : loops_) Wake(*state);
}

void RunningLoops::Wake(State& state) {
  state.woken = true;
  if (state.failures_in_a_row == 0) state.pause.cancel();
}

async::Task<void> RunningLoops::Stop() {
  while (!loops_.empty()) {
    const std::shared_ptr<State> state = loops_.back();
    state->stopping = true;
    state->pause.cancel();
    if (state->loop.interrupt != nullptr) state->loop.interrupt();
    if (!state->ended) co_await WaitFor(state->finished);
    loops_.pop_back();
  }
  co_return absl::OkStatus();
}

}  // namespace houbu::process
