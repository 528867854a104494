/// The network between simulated services: calls out of outboxes, and calls that wait for their
/// answer. Slow, lossy, doubling; but who keeps trying gets through.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "libs/async/status_macros.h"
#include "tests/simulation/virtual_time.h"

namespace houbu::simulation {

/// Which process gets a call; asked anew for every try.
using Route = std::function<Process&()>;

/// A call a service owes another one. It is made under the same id until it is answered.
struct OwedCall {
  std::string id;         ///< Its request_id.
  std::string aggregate;  ///< Calls of one aggregate are made one after the other.
  Route callee;
  std::function<Task<std::string>()> call;             ///< Runs in the callee.
  std::function<Task<void>(std::string)> take_answer;  ///< Runs in the caller; may be empty.
};

/// What a service owes others. Survives its death, as a table does.
class Outbox final {
 public:
  /// Sends for `process`.
  Outbox(Scheduler& scheduler, Process& process, const Weather& weather)
      : scheduler_(scheduler), process_(process), weather_(weather) {}

  /// Commits a call together with what was just written.
  void Add(OwedCall call) {
    Lane& lane = lanes_[call.aggregate];
    lane.calls.push_back(std::move(call));
    if (!lane.busy) Schedule(lane, Latency());
  }

  /// Goes on after the process was started again.
  void Resume() {
    for (auto& [aggregate, lane] : lanes_) {
      lane.busy = false;
      if (!lane.calls.empty()) Schedule(lane, Latency());
    }
  }

  /// How many calls are not answered yet.
  std::size_t size() const {
    std::size_t size = 0;
    for (const auto& [aggregate, lane] : lanes_) size += lane.calls.size();
    return size;
  }

  /// What the first unanswered call met last.
  std::string trouble() const {
    for (const auto& [aggregate, lane] : lanes_) {
      if (!lane.calls.empty()) return aggregate + ": " + lane.trouble;
    }
    return "";
  }

 private:
  struct Lane {
    std::deque<OwedCall> calls;
    bool busy = false;
    int attempt = 0;
    int failures = 0;
    std::string trouble;
  };

  absl::Duration Latency() {
    if (weather_.instant) return absl::Microseconds(2);
    return scheduler_.Between(absl::Milliseconds(1), absl::Milliseconds(400));
  }

  // Whatever was scheduled before for the lane is void: somebody else may have committed to it
  // while the process was down, and the process may be back before that is due.
  void Schedule(Lane& lane, absl::Duration wait) {
    lane.busy = true;
    const int attempt = ++lane.attempt;
    scheduler_.After(process_, wait, [this, &lane, attempt] {
      if (lane.attempt == attempt) Deliver(lane);
    });
  }

  void Deliver(Lane& lane) {
    const int attempt = ++lane.attempt;
    const OwedCall owed = lane.calls.front();
    Process& callee = owed.callee();
    scheduler_.After(process_, absl::Seconds(10), [this, &lane, attempt] {
      if (lane.busy && lane.attempt == attempt) Retry(lane, "no answer");
    });
    if (scheduler_.Befalls(weather_.doubled)) {
      const absl::Duration later = scheduler_.Between(absl::Seconds(0), absl::Minutes(10));
      Process& again = owed.callee();
      scheduler_.After(again, later, [this, owed, &again] {
        scheduler_.Start<absl::StatusOr<std::string>>(again, owed.call,
                                                      [](const absl::StatusOr<std::string>&) {});
      });
    }
    if (scheduler_.Befalls(weather_.call_lost)) return;
    const int caller = process_.incarnation();
    scheduler_.Start<absl::StatusOr<std::string>>(
        callee, owed.call,
        [this, &lane, attempt, caller](const absl::StatusOr<std::string>& answer) {
          if (scheduler_.Befalls(weather_.answer_lost) || process_.incarnation() != caller) return;
          scheduler_.After(process_, Latency(), [this, &lane, attempt, answer] {
            if (lane.busy && lane.attempt == attempt) Answered(lane, answer);
          });
        });
  }

  void Answered(Lane& lane, absl::StatusOr<std::string> answer) {
    if (!answer.ok()) return Retry(lane, answer.status().ToString());
    const OwedCall& owed = lane.calls.front();
    if (!owed.take_answer) return Done(lane);
    const int attempt = lane.attempt;
    scheduler_.Start<absl::Status>(
        process_, [take = owed.take_answer, answer] { return take(*answer); },
        [this, &lane, attempt](const absl::Status& taken) {
          if (!lane.busy || lane.attempt != attempt) return;
          taken.ok() ? Done(lane) : Retry(lane, taken.ToString());
        });
  }

  void Retry(Lane& lane, std::string trouble) {
    lane.trouble = lane.calls.front().id + " " + std::move(trouble);
    lane.failures = std::min(lane.failures + 1, 8);
    Schedule(lane, absl::Milliseconds(200) * (1 << lane.failures));
  }

  void Done(Lane& lane) {
    ++lane.attempt;
    lane.failures = 0;
    lane.calls.pop_front();
    lane.busy = false;
    if (!lane.calls.empty()) Schedule(lane, Latency());
  }

  Scheduler& scheduler_;
  Process& process_;
  const Weather& weather_;
  std::map<std::string, Lane> lanes_;
};

/// Calls `callee` and waits for the answer, three seconds at most.
template <class T>
Task<T> CallAcross(Process& callee, const Weather& weather, std::function<Task<T>()> call) {
  Scheduler& scheduler = Scheduler::Running();
  const auto answer = std::make_shared<std::optional<async::Outcome<T>>>();
  if (callee.up() && !scheduler.Befalls(weather.call_lost)) {
    scheduler.Start<async::Outcome<T>>(callee, std::move(call),
                                       [answer](async::Outcome<T> outcome) { *answer = outcome; });
  }
  for (int i = 0; i < 60; ++i) {
    const absl::Duration wait = weather.instant ? absl::Microseconds(10) : absl::Milliseconds(50);
    CO_RETURN_IF_ERROR(co_await Pause(wait));
    if (answer->has_value() && !scheduler.Befalls(weather.answer_lost)) co_return **answer;
  }
  co_return absl::UnavailableError("no answer");
}

}  // namespace houbu::simulation
