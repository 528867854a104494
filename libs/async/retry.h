/// Bounded retry of work that lost a race or met an outage.
#pragma once

#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "libs/async/task.h"

namespace houbu::async {

/// How often and how patiently to try.
struct RetryPolicy {
  int attempts_max = 4;  ///< All tries together, at least 1.
  absl::Duration backoff_first = absl::Milliseconds(10);
  absl::Duration backoff_max = absl::Seconds(1);
};

/// Tells whether trying again can help: ABORTED (lost a race) and UNAVAILABLE (something is away).
bool IsRetryable(const absl::Status& status);

/// The pause before try number `attempt` + 1, `attempt` counted from 1: doubles from backoff_first
/// up to backoff_max, then a random half is taken off ("equal jitter") so losers do not meet again.
absl::Duration Backoff(const RetryPolicy& policy, int attempt);

namespace retry_internal {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }

template <class T>
const absl::Status& StatusOf(const absl::StatusOr<T>& outcome) {
  return outcome.status();
}

}  // namespace retry_internal

/// Runs `attempt` until it ends with something not retryable, at most `policy.attempts_max` times;
/// returns the last outcome. Only for work that is safe to repeat. Name the argument first:
///   std::function<Task<Booking>()> attempt = [this, id] { return Load(id); };
///   const auto booking = co_await Retry<Booking>(policy, std::move(attempt));
template <class T>
Task<T> Retry(RetryPolicy policy, std::function<Task<T>()> attempt) {
  for (int tries = 1;; ++tries) {
    Outcome<T> outcome = co_await attempt();
    if (tries >= policy.attempts_max || !IsRetryable(retry_internal::StatusOf(outcome))) {
      co_return outcome;
    }
    const absl::Duration pause = Backoff(policy, tries);
    const absl::Status slept = co_await Sleep(pause);
    if (!slept.ok()) {
      co_return slept;
    }
  }
}

}  // namespace houbu::async
