#include "libs/async/retry.h"

#include <algorithm>

#include "absl/random/random.h"

namespace houbu::async {

bool IsRetryable(const absl::Status& status) {
  return absl::IsAborted(status) || absl::IsUnavailable(status);
}

absl::Duration Backoff(const RetryPolicy& policy, int attempt) {
  const int doublings = std::clamp(attempt - 1, 0, 30);
  const absl::Duration whole =
      std::min(policy.backoff_first * (std::int64_t{1} << doublings), policy.backoff_max);
  thread_local absl::InsecureBitGen random;
  return whole * absl::Uniform(absl::IntervalClosed, random, 500, 1000) / 1000;
}

}  // namespace houbu::async
