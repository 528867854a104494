#include "libs/base/civil.h"

#include "absl/status/status.h"
#include <catch2/catch.hpp>

namespace houbu {

TEST_CASE("a civil day reads and writes as ISO 8601", "[base][civil]") {
  CHECK(*ParseCivilDay("2026-12-01") == absl::CivilDay(2026, 12, 1));
  CHECK(*ParseCivilDay("2028-02-29") == absl::CivilDay(2028, 2, 29));
  CHECK(FormatCivilDay(absl::CivilDay(2026, 1, 2)) == "2026-01-02");
}

TEST_CASE("what is no civil day is refused", "[base][civil]") {
  for (const char* bad : {"", "2026-1-1", "20261201", "2026-13-01", "2026-00-10", "2026-02-29",
                          "2026-04-31", "2026-12-01T", " 2026-12-1", "+026-12-01", "2026/12/01"}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(ParseCivilDay(bad).status()));
  }
}

TEST_CASE("a day belongs to a zone", "[base][civil]") {
  const absl::TimeZone shanghai = *LoadZone("Asia/Shanghai");
  const absl::Time midnight =
      absl::FromCivil(absl::CivilSecond(2026, 11, 30, 16), absl::UTCTimeZone());
  CHECK(StartOfDay(absl::CivilDay(2026, 12, 1), shanghai) == midnight);
  CHECK(DayAt(midnight, shanghai) == absl::CivilDay(2026, 12, 1));
  CHECK(DayAt(midnight - absl::Microseconds(1), shanghai) == absl::CivilDay(2026, 11, 30));
  CHECK(absl::IsInvalidArgument(LoadZone("Asia/Nowhere").status()));
}

TEST_CASE("a day without midnight starts when the gap ends", "[base][civil]") {
  // Beirut skipped 2024-03-31 00:00 to 01:00.
  const absl::TimeZone beirut = *LoadZone("Asia/Beirut");
  const absl::Time start = StartOfDay(absl::CivilDay(2024, 3, 31), beirut);
  CHECK(DayAt(start, beirut) == absl::CivilDay(2024, 3, 31));
  CHECK(DayAt(start - absl::Microseconds(1), beirut) == absl::CivilDay(2024, 3, 30));
}

}  // namespace houbu
