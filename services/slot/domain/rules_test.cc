#include "services/slot/domain/rules.h"

#include <catch2/catch.hpp>

#include "libs/base/civil.h"

namespace houbu::slot {
namespace {

Run RunOf(RunKind kind) {
  Run run;
  run.id = RunId("r");
  run.kind = kind;
  run.time_zone = "Asia/Shanghai";
  run.service_date = absl::CivilDay(2026, 12, 31);
  const absl::TimeZone zone = ZoneOf(run);
  run.sale_open_at = absl::FromCivil(absl::CivilHour(2026, 11, 1, 8), zone);
  run.departs_at = absl::FromCivil(absl::CivilHour(2026, 12, 31, 9), zone);
  run.stops = {
      Stop{"a", "甲", "甲市", run.departs_at, run.departs_at},
      Stop{"b", "乙", "乙市", run.departs_at + absl::Hours(1), run.departs_at + absl::Hours(2)},
      Stop{"a", "甲", "甲市", run.departs_at + absl::Hours(3), run.departs_at + absl::Hours(3)}};
  return run;
}

}  // namespace

TEST_CASE("a window is booked from 30 to 3 days before, a train while it is on sale",
          "[slot][rules][R-10]") {
  struct Row {
    RunKind kind;
    absl::CivilMinute now;  // in the run's zone
    const char* reason;
  };
  const Row rows[] = {
      {RunKind::kWindow, absl::CivilMinute(2026, 11, 30, 23, 59), "OUTSIDE_BOOKING_PERIOD"},
      {RunKind::kWindow, absl::CivilMinute(2026, 12, 1, 0, 0), ""},
      {RunKind::kWindow, absl::CivilMinute(2026, 12, 28, 23, 59), ""},
      {RunKind::kWindow, absl::CivilMinute(2026, 12, 29, 0, 0), "OUTSIDE_BOOKING_PERIOD"},
      {RunKind::kTrain, absl::CivilMinute(2026, 11, 1, 7, 59), "SALE_NOT_OPEN"},
      {RunKind::kTrain, absl::CivilMinute(2026, 11, 1, 8, 0), ""},
      {RunKind::kTrain, absl::CivilMinute(2026, 12, 31, 8, 59), ""},
      {RunKind::kTrain, absl::CivilMinute(2026, 12, 31, 9, 0), "RUN_DEPARTED"},
  };
  for (const Row& row : rows) {
    const Run run = RunOf(row.kind);
    const absl::Time now = absl::FromCivil(row.now, ZoneOf(run));
    CHECK(ReasonOf(CheckSale(run, LegRange{0, 1}, now, BookingPolicy())) == row.reason);
  }
}

TEST_CASE("a run that boards later is on sale until it leaves there", "[slot][rules][X-01]") {
  const Run run = RunOf(RunKind::kTrain);
  const absl::Time between = run.departs_at + absl::Minutes(90);
  CHECK_FALSE(CheckSale(run, LegRange{0, 1}, between, BookingPolicy()).ok());
  CHECK(CheckSale(run, LegRange{1, 2}, between, BookingPolicy()).ok());
}

TEST_CASE("a stretch is between the first stops that fit", "[slot][rules][X-01]") {
  const Run run = RunOf(RunKind::kTrain);
  CHECK(FindLegs(run, "a", "b") == LegRange{0, 1});
  CHECK(FindLegs(run, "b", "a") == LegRange{1, 2});
  CHECK(FindLegs(run, "a", "a") == LegRange{0, 2});
  CHECK_FALSE(FindLegs(run, "b", "b").has_value());
  CHECK_FALSE(FindLegs(run, "a", "z").has_value());
}

TEST_CASE("a destination is an ISO 3166-1 country", "[slot][rules][R-16]") {
  for (const char* code : {"AD", "CN", "JP", "US", "ZW", "HK"}) CHECK(IsCountry(code));
  for (const char* code : {"", "cn", "CHN", "XX", "UK", "EU", "C"}) CHECK_FALSE(IsCountry(code));
}

}  // namespace houbu::slot
