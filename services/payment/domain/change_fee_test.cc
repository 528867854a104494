#include "services/payment/domain/change_fee.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace houbu::payment {
namespace {

absl::Time Departure() { return absl::FromUnixSeconds(1'796'083'200); }

FeePolicy Policy() {
  FeePolicy policy = SeedPolicy();
  policy.id = "changes";
  policy.rail.front() = {"FREE", absl::Hours(192), true, 0};
  policy.change.tiers = {{"FREE", absl::Hours(48), true, 0},
                         {"FIVE_PERCENT", absl::Hours(24), true, 5},
                         {"FIFTEEN_PERCENT", absl::ZeroDuration(), true, 15},
                         {"FORTY_PERCENT", -absl::InfiniteDuration(), true, 40}};
  policy.change.free_until_travel_day = true;
  policy.change.fee_on_difference = true;
  policy.spring_festivals = {{absl::CivilDay(2026, 12, 20), absl::CivilDay(2026, 12, 25)}};
  return policy;
}

ChangeFacts Facts(std::int64_t fare_fen, std::int64_t new_fare_fen, absl::Duration before) {
  ChangeFacts facts;
  facts.fare = Fen(fare_fen);
  facts.new_fare = Fen(new_fare_fen);
  facts.departure_time = Departure();
  facts.new_departure_time = Departure() + absl::Hours(24);
  facts.travel_day = absl::CivilDay(2026, 12, 1);
  facts.new_travel_day = absl::CivilDay(2026, 12, 2);
  facts.change_time = Departure() - before;
  return facts;
}

TEST_CASE("The fee of a change follows the time left, of the lower fare", "[payment][X-14]") {
  struct Row {
    const char* edge;
    absl::Duration before;
    const char* tier;
    std::int64_t fee;  // of 100 yuan, the lower of both fares
  };
  const absl::Duration second = absl::Seconds(1);
  const std::vector<Row> rows = {
      {"48 hours", absl::Hours(48), "FREE", 0},
      {"48 hours less a second", absl::Hours(48) - second, "FIVE_PERCENT", 500},
      {"24 hours", absl::Hours(24), "FIVE_PERCENT", 500},
      {"24 hours less a second", absl::Hours(24) - second, "FIFTEEN_PERCENT", 1500},
      {"at departure", absl::ZeroDuration(), "FIFTEEN_PERCENT", 1500},
      {"departed", -second, "FORTY_PERCENT", 4000},
  };
  for (const Row& row : rows) {
    CAPTURE(row.edge);
    const auto dearer = AssessChange(Policy(), Facts(10000, 12000, row.before));
    REQUIRE(dearer.ok());
    CHECK(dearer->tier == row.tier);
    CHECK(dearer->fee == Fen(row.fee));
    CHECK(dearer->due == Fen(2000 + row.fee));
    CHECK(dearer->refund == Fen(0));
    const auto cheaper = AssessChange(Policy(), Facts(12000, 10000, row.before));
    REQUIRE(cheaper.ok());
    CHECK(cheaper->fee == Fen(row.fee));
  }
}

TEST_CASE("A cheaper fare gives the difference back less its refund fee", "[payment][X-14]") {
  // 60 hours left: the change is free, the refund fee is 5 %.
  const auto quote = AssessChange(Policy(), Facts(20000, 10000, absl::Hours(60)));
  REQUIRE(quote.ok());
  CHECK(quote->fee == Fen(0));
  CHECK(quote->difference_fee == Fen(500));
  CHECK(quote->refund == Fen(9500));
  CHECK(quote->due == Fen(0));

  FeePolicy whole = Policy();
  whole.change.fee_on_difference = false;
  CHECK(AssessChange(whole, Facts(20000, 10000, absl::Hours(60)))->refund == Fen(10000));
}

TEST_CASE("One sum moves, one way, for all tickets", "[payment][X-03]") {
  // 1 hour left: 15 % of 100 yuan each for the change, 20 % of the difference of 5 yuan, at
  // least 2.
  ChangeFacts facts = Facts(10500, 10000, absl::Hours(1));
  facts.tickets = 3;
  const auto quote = AssessChange(Policy(), facts);
  REQUIRE(quote.ok());
  CHECK(quote->fee == Fen(4500));
  CHECK(quote->difference_fee == Fen(600));
  CHECK(quote->due == Fen(4500 - (1500 - 600)));
  CHECK(quote->refund == Fen(0));
}

TEST_CASE("Onto the ticket's own day or before, a change is free", "[payment][X-14]") {
  ChangeFacts facts = Facts(10000, 10000, absl::Hours(1));
  facts.new_travel_day = facts.travel_day;
  const auto quote = AssessChange(Policy(), facts);
  REQUIRE(quote.ok());
  CHECK(quote->tier == "SAME_DAY");
  CHECK(quote->fee == Fen(0));
}

TEST_CASE("A quote for a change holds until another tier speaks", "[payment][X-12]") {
  const auto quote = AssessChange(Policy(), Facts(10000, 10000, absl::Hours(30)));
  REQUIRE(quote.ok());
  CHECK(quote->holds_until == Departure() - absl::Hours(24) + absl::Seconds(1));
  // A difference that comes back is bound by the refund's tiers as well: 8 days before 48 hours.
  const auto both = AssessChange(Policy(), Facts(20000, 10000, absl::Hours(24 * 10)));
  REQUIRE(both.ok());
  CHECK(both->holds_until == Departure() - absl::Hours(192) + absl::Seconds(1));
}

TEST_CASE("A change says what a later refund must be told", "[payment][X-14]") {
  ChangeFacts facts = Facts(10000, 10000, absl::Hours(60));
  facts.new_travel_day = absl::CivilDay(2026, 12, 20);
  CHECK(AssessChange(Policy(), facts)->into_spring_festival);
  CHECK(AssessChange(Policy(), facts)->later);
  facts.new_travel_day = absl::CivilDay(2026, 12, 19);
  facts.new_departure_time = Departure() - absl::Hours(1);
  CHECK(!AssessChange(Policy(), facts)->into_spring_festival);
  CHECK(!AssessChange(Policy(), facts)->later);
}

TEST_CASE("Fares of two currencies are not changed into each other", "[payment]") {
  ChangeFacts facts = Facts(10000, 10000, absl::Hours(60));
  facts.new_fare.currency = *Currency::Parse("HKD");
  CHECK(ReasonOf(AssessChange(Policy(), facts).status()) == "CURRENCY_MISMATCH");
}

}  // namespace
}  // namespace houbu::payment
