/// Clocks: what time it is for the business.
///
/// Every deadline, pay window and fee tier is reckoned from a Clock handed in, read once per
/// request; the system's time is read in one place only.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"

namespace houbu {

/// Tells the time; a port.
class Clock {
 public:
  virtual ~Clock() = default;

  /// The present instant, whole microseconds (what PostgreSQL keeps).
  virtual absl::Time Now() const = 0;
};

/// The system's real-time clock.
class SystemClock final : public Clock {
 public:
  /// The system's time, cut to microseconds.
  absl::Time Now() const override;
};

/// A clock that runs like another one but can be moved ahead: a development stack shows in a minute
/// what takes a month. Safe to use from several threads.
class MovableClock final : public Clock {
 public:
  /// Runs with `base`, which must outlive it, at first without an offset.
  explicit MovableClock(const Clock& base) : base_(base) {}

  /// The base clock's time plus the offset.
  absl::Time Now() const override;

  /// Moves the clock by `by`; callers refuse negative values, since business time never goes back.
  void Advance(absl::Duration by);

  /// How far this clock is ahead of its base; the process keeps it across restarts.
  absl::Duration offset() const;

  /// Restores an offset that was kept.
  void set_offset(absl::Duration offset);

 private:
  const Clock& base_;
  std::atomic<std::int64_t> offset_micros_{0};
};

}  // namespace houbu
