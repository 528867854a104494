/// A clock that stands still until the test moves it.
#pragma once

#include "absl/time/time.h"

#include "libs/base/clock.h"

namespace houbu::testing {

/// Gives the time the test says.
class ManualClock final : public Clock {
 public:
  /// Starts at 2026-11-01 08:00 in Shanghai, or at `start`.
  explicit ManualClock(absl::Time start = absl::FromUnixSeconds(1793491200)) : now_(start) {}

  /// The time set last.
  absl::Time Now() const override { return now_; }

  /// Moves the clock by `by`.
  void Advance(absl::Duration by) { now_ += by; }

  /// Sets the clock.
  void Set(absl::Time now) { now_ = now; }

 private:
  absl::Time now_;
};

}  // namespace houbu::testing
