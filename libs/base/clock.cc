#include "libs/base/clock.h"

#include "absl/time/clock.h"

namespace houbu {

absl::Time SystemClock::Now() const {
  return absl::FromUnixMicros(absl::ToUnixMicros(absl::Now()));
}

absl::Time MovableClock::Now() const { return base_.Now() + offset(); }

void MovableClock::Advance(absl::Duration by) { offset_micros_ += absl::ToInt64Microseconds(by); }

absl::Duration MovableClock::offset() const { return absl::Microseconds(offset_micros_.load()); }

void MovableClock::set_offset(absl::Duration offset) {
  offset_micros_ = absl::ToInt64Microseconds(offset);
}

}  // namespace houbu
