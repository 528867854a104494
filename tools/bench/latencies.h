/// How long calls took: counts in buckets whose width grows with the value, as HdrHistogram's, so
/// that a percentile is known to better than one percent from nanoseconds to hours.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace houbu::bench {

/// A histogram of durations.
class Latencies final {
 public:
  /// Counts one; what is negative counts as 0.
  void Add(absl::Duration duration);

  /// How many were counted.
  std::int64_t count() const { return count_; }

  /// The least duration that `share` (0 to 1) of those counted do not exceed, to one percent above;
  /// zero when nothing was counted.
  absl::Duration Percentile(double share) const;

  /// The longest.
  absl::Duration max() const { return absl::Nanoseconds(max_); }

 private:
  std::vector<std::int64_t> counts_;
  std::int64_t count_ = 0;
  std::int64_t max_ = 0;  // nanoseconds
};

}  // namespace houbu::bench
