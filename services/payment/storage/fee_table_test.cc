// The fee table of the shipped profiles, a row per edge.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "libs/base/civil.h"
#include "services/payment/domain/change_fee.h"
#include "services/payment/domain/fee_policy.h"
#include "services/payment/storage/policy_file.h"
#include "services/payment/storage/shipped_policies.h"

namespace houbu::payment {
namespace {

constexpr absl::Duration kSecond = absl::Seconds(1);
constexpr absl::Duration kDay = absl::Hours(24);

FeePolicy Shipped(const std::string& profile) {
  const auto book = ParsePolicies(kShippedPolicies, "the shipped policies");
  REQUIRE(book.ok());
  return *book->Find(profile);
}

absl::Time At(const char* text) {
  absl::Time time;
  std::string error;
  REQUIRE(absl::ParseTime(absl::RFC3339_full, text, &time, &error));
  return time;
}

// 2026-12-01 08:00 in Beijing, far from any Spring Festival.
absl::Time Departure() { return At("2026-12-01T08:00:00+08:00"); }

FareFacts Facts(std::int64_t fare_fen, absl::Duration before) {
  FareFacts facts;
  facts.fare = Fen(fare_fen);
  facts.departure_time = Departure();
  facts.cancel_time = Departure() - before;
  return facts;
}

TEST_CASE("The refund tiers of both profiles at every edge, to the second",
          "[payment][W-13][X-14]") {
  struct Row {
    const char* profile;
    absl::Duration before;
    const char* tier;
    std::int64_t fee;       // of 100 yuan
    absl::Duration spoken;  // how long before departure the quote ends
  };
  const absl::Duration to_48h = absl::Hours(48) - kSecond;
  const absl::Duration to_24h = absl::Hours(24) - kSecond;
  const std::vector<Row> rows = {
      {"seed", 60 * kDay, "FREE", 0, 15 * kDay},
      {"seed", 15 * kDay + kSecond, "FREE", 0, 15 * kDay},
      {"seed", 15 * kDay, "FIVE_PERCENT", 500, to_48h},
      {"seed", 15 * kDay - kSecond, "FIVE_PERCENT", 500, to_48h},
      {"seed", 8 * kDay + kSecond, "FIVE_PERCENT", 500, to_48h},
      {"seed", 8 * kDay, "FIVE_PERCENT", 500, to_48h},
      {"seed", 8 * kDay - kSecond, "FIVE_PERCENT", 500, to_48h},
      {"seed", absl::Hours(48) + kSecond, "FIVE_PERCENT", 500, to_48h},
      {"seed", absl::Hours(48), "FIVE_PERCENT", 500, to_48h},
      {"seed", absl::Hours(48) - kSecond, "TEN_PERCENT", 1000, to_24h},
      {"seed", absl::Hours(24) + kSecond, "TEN_PERCENT", 1000, to_24h},
      {"seed", absl::Hours(24), "TEN_PERCENT", 1000, to_24h},
      {"seed", absl::Hours(24) - kSecond, "TWENTY_PERCENT", 2000, {}},
      {"seed", kSecond, "TWENTY_PERCENT", 2000, {}},
      {"seed", absl::ZeroDuration(), "TWENTY_PERCENT", 2000, {}},
      {"seed", -kSecond, "TWENTY_PERCENT", 2000, -kSecond},
      {"cr-2024", 15 * kDay, "FREE", 0, 8 * kDay - kSecond},
      {"cr-2024", 8 * kDay + kSecond, "FREE", 0, 8 * kDay - kSecond},
      {"cr-2024", 8 * kDay, "FREE", 0, 8 * kDay - kSecond},
      {"cr-2024", 8 * kDay - kSecond, "FIVE_PERCENT", 500, to_48h},
      {"cr-2024", absl::Hours(48), "FIVE_PERCENT", 500, to_48h},
      {"cr-2024", absl::Hours(48) - kSecond, "TEN_PERCENT", 1000, to_24h},
      {"cr-2024", absl::Hours(24), "TEN_PERCENT", 1000, to_24h},
      {"cr-2024", absl::Hours(24) - kSecond, "TWENTY_PERCENT", 2000, {}},
      {"cr-2024", absl::ZeroDuration(), "TWENTY_PERCENT", 2000, {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.profile, absl::FormatDuration(row.before));
    const auto quote = AssessFee(Shipped(row.profile), Facts(10000, row.before));
    REQUIRE(quote.ok());
    CHECK(quote->tier == row.tier);
    CHECK(quote->fee == Fen(row.fee));
    CHECK(quote->refund == Fen(10000 - row.fee));
    CHECK(quote->holds_until == Departure() - row.spoken);
    CHECK(quote->policy == row.profile);
  }
}

TEST_CASE("Tails, the minimum and the fare bound the fee of both profiles",
          "[payment][W-13][X-14]") {
  struct Row {
    const char* edge;
    absl::Duration before;
    std::int64_t fare;
    std::int64_t fee;
  };
  const absl::Duration five = absl::Hours(100);
  const absl::Duration ten = absl::Hours(30);
  const absl::Duration twenty = absl::Hours(3);
  const std::vector<Row> rows = {
      {"55.00 at 5 % is 2.75, up", five, 5500, 300},
      {"45.00 at 5 % is 2.25, half", five, 4500, 250},
      {"553.00 at 5 % is 27.65, half", five, 55300, 2750},
      {"2.24 down", ten, 2240, 200},
      {"2.25 half", ten, 2250, 250},
      {"2.74 half", ten, 2740, 250},
      {"2.75 up", ten, 2750, 300},
      {"5.24 down", ten, 5240, 500},
      {"5.25 half", ten, 5250, 550},
      {"5.74 half", ten, 5740, 550},
      {"5.75 up", ten, 5750, 600},
      {"2.249 down", five, 4498, 200},
      {"2.2495 down", five, 4499, 200},
      {"2.7495 half", five, 5499, 250},
      {"1.99 is below 2 yuan", ten, 1990, 200},
      {"0.50 is below 2 yuan", five, 1000, 200},
      {"2.00 is 2 yuan", ten, 2000, 200},
      {"a fare of 2.00", twenty, 200, 200},
      {"a fare of 1.99", twenty, 199, 199},
      {"a fare of 0.50", five, 50, 50},
      {"a fare of 0.01", twenty, 1, 1},
      {"the dearest fare", twenty, kFareMax, kFareMax / 5},
  };
  for (const char* profile : {"seed", "cr-2024"}) {
    for (const Row& row : rows) {
      CAPTURE(profile, row.edge);
      const auto quote = AssessFee(Shipped(profile), Facts(row.fare, row.before));
      REQUIRE(quote.ok());
      CHECK(quote->fee == Fen(row.fee));
      CHECK(quote->refund == Fen(row.fare - row.fee));
    }
  }
}

TEST_CASE("Tiers are reckoned over the ends of years and months as over any other day",
          "[payment][W-13]") {
  struct Row {
    const char* departure;
    const char* cancel;
    const char* tier;
  };
  const std::vector<Row> rows = {
      {"2027-01-01T00:00:00+08:00", "2026-12-30T00:00:00+08:00", "FIVE_PERCENT"},
      {"2027-01-01T00:00:00+08:00", "2026-12-30T00:00:01+08:00", "TEN_PERCENT"},
      {"2028-03-01T00:10:00+08:00", "2028-02-29T00:10:00+08:00", "TEN_PERCENT"},
      {"2028-03-01T00:10:00+08:00", "2028-02-29T00:10:01+08:00", "TWENTY_PERCENT"},
      {"2028-02-29T23:59:59+08:00", "2028-02-14T23:59:59+08:00", "FIVE_PERCENT"},
      {"2028-02-29T23:59:59+08:00", "2028-02-14T23:59:58+08:00", "FREE"},
      // A stop at 24:30 of the service day of 31 December.
      {"2027-01-01T00:30:00+08:00", "2026-12-31T00:30:00+08:00", "TEN_PERCENT"},
      {"2027-01-01T00:30:00+08:00", "2026-12-31T00:30:01+08:00", "TWENTY_PERCENT"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.departure, row.cancel);
    FareFacts facts = Facts(10000, kDay);
    facts.departure_time = At(row.departure);
    facts.cancel_time = At(row.cancel);
    CHECK(AssessFee(Shipped("seed"), facts)->tier == row.tier);
  }
}

TEST_CASE("A ticket changed into the Spring Festival period pays 20 % whenever",
          "[payment][W-13]") {
  for (const char* profile : {"seed", "cr-2024"}) {
    for (const absl::Duration before : {60 * kDay, 15 * kDay + kSecond, 8 * kDay, absl::Hours(1)}) {
      FareFacts facts = Facts(5500, before);
      facts.changed_into_spring_festival = true;
      facts.grace_from = facts.cancel_time;
      const auto quote = AssessFee(Shipped(profile), facts);
      CHECK(quote->tier == "SPRING_FESTIVAL");
      CHECK(quote->fee == Fen(1100));
      CHECK(quote->holds_until == Departure());
    }
  }
}

TEST_CASE("The Spring Festival periods begin and end with the day", "[payment][W-13][X-14]") {
  struct Row {
    absl::CivilDay day;
    bool inside;
  };
  const std::vector<Row> rows = {
      {absl::CivilDay(2026, 2, 1), false},  {absl::CivilDay(2026, 2, 2), true},
      {absl::CivilDay(2026, 3, 13), true},  {absl::CivilDay(2026, 3, 14), false},
      {absl::CivilDay(2027, 1, 21), false}, {absl::CivilDay(2027, 1, 22), true},
      {absl::CivilDay(2027, 3, 2), true},   {absl::CivilDay(2027, 3, 3), false},
  };
  for (const char* profile : {"seed", "cr-2024"}) {
    for (const Row& row : rows) {
      CAPTURE(profile, FormatCivilDay(row.day));
      CHECK(InSpringFestival(Shipped(profile), row.day) == row.inside);
    }
  }
}

TEST_CASE("The grace of cr-2024 at its edges; the seed has none", "[payment][X-14]") {
  struct Row {
    const char* edge;
    absl::Duration before;          // departure
    absl::Duration after_purchase;  // so long ago it was bought
    const char* tier;
  };
  const std::vector<Row> rows = {
      {"at once", absl::Hours(100), absl::ZeroDuration(), "GRACE"},
      {"30 minutes", absl::Hours(100), absl::Minutes(30), "GRACE"},
      {"30 minutes and a second", absl::Hours(100), absl::Minutes(30) + kSecond, "FIVE_PERCENT"},
      {"4 hours", absl::Hours(4), absl::Minutes(1), "GRACE"},
      {"4 hours less a second", absl::Hours(4) - kSecond, absl::Minutes(1), "TWENTY_PERCENT"},
      {"free anyway", 8 * kDay, absl::Minutes(1), "FREE"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.edge);
    FareFacts facts = Facts(10000, row.before);
    facts.grace_from = facts.cancel_time - row.after_purchase;
    CHECK(AssessFee(Shipped("cr-2024"), facts)->tier == row.tier);
    CHECK(AssessFee(Shipped("seed"), facts)->tier != "GRACE");
  }
}

TEST_CASE("Changed late to a later train and given back, 5 % stay at least", "[payment][X-14]") {
  struct Row {
    absl::Duration left;
    const char* tier;
    std::int64_t fee;
  };
  const std::vector<Row> rows = {{8 * kDay, "FREE", 0},
                                 {8 * kDay - kSecond, "CHANGED_LATER", 500},
                                 {-kSecond, "CHANGED_LATER", 500}};
  for (const Row& row : rows) {
    FareFacts facts = Facts(10000, 20 * kDay);
    facts.left_when_changed_later = row.left;
    const auto quote = AssessFee(Shipped("cr-2024"), facts);
    CHECK(quote->tier == row.tier);
    CHECK(quote->fee == Fen(row.fee));
    CHECK(AssessFee(Shipped("seed"), facts)->fee == Fen(0));
  }
}

ChangeFacts Changed(std::int64_t fare, std::int64_t new_fare, absl::Duration before) {
  ChangeFacts facts;
  facts.fare = Fen(fare);
  facts.new_fare = Fen(new_fare);
  facts.departure_time = Departure();
  facts.new_departure_time = Departure() + kDay;
  facts.travel_day = absl::CivilDay(2026, 12, 1);
  facts.new_travel_day = absl::CivilDay(2026, 12, 2);
  facts.change_time = Departure() - before;
  return facts;
}

TEST_CASE("The change fees of both profiles at every edge, to the second", "[payment][X-14]") {
  struct Row {
    const char* profile;
    absl::Duration before;
    const char* tier;
    std::int64_t fee;       // of 100 yuan, the lower fare
    absl::Duration spoken;  // how long before departure the quote ends
  };
  const std::vector<Row> rows = {
      {"seed", kSecond, "FREE", 0, {}},
      {"cr-2024", absl::Hours(48), "FREE", 0, absl::Hours(48) - kSecond},
      {"cr-2024", absl::Hours(48) - kSecond, "FIVE_PERCENT", 500, absl::Hours(24) - kSecond},
      {"cr-2024", absl::Hours(24), "FIVE_PERCENT", 500, absl::Hours(24) - kSecond},
      {"cr-2024", absl::Hours(24) - kSecond, "FIFTEEN_PERCENT", 1500, -kSecond},
      {"cr-2024", absl::ZeroDuration(), "FIFTEEN_PERCENT", 1500, -kSecond},
      {"cr-2024", -kSecond, "FORTY_PERCENT", 4000, -kSecond},
  };
  for (const Row& row : rows) {
    CAPTURE(row.profile, absl::FormatDuration(row.before));
    const auto quote = AssessChange(Shipped(row.profile), Changed(10000, 15000, row.before));
    REQUIRE(quote.ok());
    CHECK(quote->tier == row.tier);
    CHECK(quote->fee == Fen(row.fee));
    CHECK(quote->due == Fen(5000 + row.fee));
    CHECK(quote->holds_until == Departure() - row.spoken);
    CHECK(quote->policy == row.profile);
  }
}

TEST_CASE("A fee on a returned difference is that of the refund tiers", "[payment][X-14]") {
  struct Row {
    absl::Duration before;
    std::int64_t difference_fee;  // of 45 yuan
  };
  const std::vector<Row> rows = {{8 * kDay, 0},
                                 {8 * kDay - kSecond, 250},
                                 {absl::Hours(48), 250},
                                 {absl::Hours(48) - kSecond, 450},
                                 {absl::Hours(24) - kSecond, 900}};
  for (const Row& row : rows) {
    CAPTURE(absl::FormatDuration(row.before));
    const ChangeFacts facts = Changed(14500, 10000, row.before);
    CHECK(AssessChange(Shipped("cr-2024"), facts)->difference_fee == Fen(row.difference_fee));
    CHECK(AssessChange(Shipped("seed"), facts)->difference_fee == Fen(0));
  }
}

TEST_CASE("A quote holds to the last second and not a second longer", "[payment][X-12]") {
  for (const char* profile : {"seed", "cr-2024"}) {
    const FeePolicy policy = Shipped(profile);
    for (absl::Duration before = 20 * kDay; before > absl::Hours(1); before -= absl::Hours(5)) {
      CAPTURE(profile, absl::FormatDuration(before));
      FareFacts facts = Facts(10000, before);
      facts.grace_from = facts.cancel_time - absl::Minutes(10);
      const FeeQuote now = *AssessFee(policy, facts);
      facts.cancel_time = now.holds_until - kSecond;
      CHECK(AssessFee(policy, facts)->tier == now.tier);
      facts.cancel_time = now.holds_until;
      CHECK((AssessFee(policy, facts)->tier != now.tier || now.holds_until == Departure()));

      ChangeFacts change = Changed(20000, 10000, before);
      const ChangeQuote asked = *AssessChange(policy, change);
      change.change_time = asked.holds_until - kSecond;
      CHECK(AssessChange(policy, change)->refund == asked.refund);
      CHECK(AssessChange(policy, change)->tier == asked.tier);
      change.change_time = asked.holds_until;
      const ChangeQuote then = *AssessChange(policy, change);
      const bool other = then.tier != asked.tier || then.difference_fee != asked.difference_fee;
      CHECK((other || asked.holds_until >= Departure()));
    }
  }
}

TEST_CASE("Service and expedite fees are within what the rules allow", "[payment][R-24]") {
  for (const char* profile : {"seed", "cr-2024"}) {
    CHECK(Shipped(profile).service == FeeRange{1000, 5000});
    CHECK(Shipped(profile).expedite == FeeRange{1000, 10000});
  }
}

}  // namespace
}  // namespace houbu::payment
