/// Work a service does without being asked: sweeping what is due, reading streams, asking
/// providers. A loop does one round, waits its interval, and does the next; when a round fails it
/// says so and waits longer. Nothing is cancelled in mid-round: stopping lets the round end.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <boost/asio/any_io_executor.hpp>

#include "libs/async/task.h"
#include "libs/observe/metrics.h"

namespace houbu::process {

/// A background loop.
struct Loop {
  std::string name;         ///< lower_snake; the label of its figures.
  absl::Duration interval;  ///< The pause between two rounds; real time, not the service's clock.
  std::function<async::Task<void>()> round;  ///< One round: bounded work, safe to repeat.
  /// Ends a round that would not end by itself; called once, when the loop is stopped. Mostly null.
  std::function<void()> interrupt = nullptr;
};

/// Gives the pause before the next round: the interval after a success; after the n-th failure in
/// a row the interval (at least 100 ms) doubled n times, 30 s at most, or the interval if longer.
absl::Duration PauseAfter(absl::Duration interval, int failures_in_a_row);

/// The running loops of a process, on its event loop. Counts `houbu_loop_rounds_total{loop}` and
/// `houbu_loop_errors_total{loop}`.
class RunningLoops final {
 public:
  RunningLoops(boost::asio::any_io_executor executor, observe::Metrics& metrics);
  ~RunningLoops();
  RunningLoops(const RunningLoops&) = delete;
  RunningLoops& operator=(const RunningLoops&) = delete;

  /// Starts a loop; its first round begins at once.
  void Start(Loop loop);

  /// Ends a loop's present pause, so that its next round begins now. A wake during a round is kept
  /// for its end. Unknown names are ignored.
  void Wake(absl::string_view name);

  /// Wakes all loops: the clock was moved.
  void WakeAll();

  /// Stops the loops, last started first, each after its present round.
  async::Task<void> Stop();

 private:
  struct State;

  static void Wake(State& state);

  boost::asio::any_io_executor executor_;
  observe::Metrics& metrics_;
  std::vector<std::shared_ptr<State>> loops_;
};

}  // namespace houbu::process
