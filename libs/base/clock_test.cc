#include "libs/base/clock.h"

#include <catch2/catch.hpp>

#include "libs/testing/manual_clock.h"

namespace houbu {

TEST_CASE("a movable clock runs with its base, ahead by what it was moved", "[base][clock]") {
  testing::ManualClock base;
  MovableClock clock(base);
  const absl::Time start = base.Now();
  CHECK(clock.Now() == start);
  clock.Advance(absl::Minutes(30));
  base.Advance(absl::Seconds(1));
  CHECK(clock.Now() == start + absl::Minutes(30) + absl::Seconds(1));
  CHECK(clock.offset() == absl::Minutes(30));
}

TEST_CASE("a clock's offset comes back after a restart", "[base][clock]") {
  const testing::ManualClock base;
  MovableClock before(base);
  before.Advance(absl::Hours(25));
  MovableClock after(base);
  after.set_offset(before.offset());
  CHECK(after.Now() == before.Now());
}

TEST_CASE("the system's time has whole microseconds", "[base][clock]") {
  const absl::Time now = SystemClock().Now();
  CHECK(now == absl::FromUnixMicros(absl::ToUnixMicros(now)));
}

}  // namespace houbu
