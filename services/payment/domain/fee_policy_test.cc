#include "services/payment/domain/fee_policy.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace houbu::payment {
namespace {

absl::Time Departure() { return absl::FromUnixSeconds(1'796'083'200); }

FareFacts Facts(std::int64_t fare_fen, absl::Duration before_departure) {
  FareFacts facts;
  facts.fare = Fen(fare_fen);
  facts.departure_time = Departure();
  facts.cancel_time = Departure() - before_departure;
  return facts;
}

std::int64_t FeeAt(int percent, std::int64_t fare_fen) {
  return FeeOfTicket(SeedPolicy(), Fen(fare_fen), percent)->minor_units;
}

TEST_CASE("The refund fee follows the time left to departure, to the second", "[payment][W-13]") {
  struct Row {
    const char* edge;
    absl::Duration before;
    const char* tier;
    std::int64_t fee;  // of a fare of 100 yuan
  };
  const absl::Duration second = absl::Seconds(1);
  const std::vector<Row> rows = {
      {"a month", absl::Hours(24 * 30), "FREE", 0},
      {"15 days and a second", absl::Hours(15 * 24) + second, "FREE", 0},
      {"15 days", absl::Hours(15 * 24), "FIVE_PERCENT", 500},
      {"15 days less a second", absl::Hours(15 * 24) - second, "FIVE_PERCENT", 500},
      {"48 hours and a second", absl::Hours(48) + second, "FIVE_PERCENT", 500},
      {"48 hours", absl::Hours(48), "FIVE_PERCENT", 500},
      {"48 hours less a second", absl::Hours(48) - second, "TEN_PERCENT", 1000},
      {"25 hours", absl::Hours(25), "TEN_PERCENT", 1000},
      {"24 hours", absl::Hours(24), "TEN_PERCENT", 1000},
      {"24 hours less a second", absl::Hours(24) - second, "TWENTY_PERCENT", 2000},
      {"a second", second, "TWENTY_PERCENT", 2000},
      {"departed", -absl::Minutes(5), "TWENTY_PERCENT", 2000},
  };
  for (const Row& row : rows) {
    CAPTURE(row.edge);
    const auto quote = AssessFee(SeedPolicy(), Facts(10000, row.before));
    REQUIRE(quote.ok());
    CHECK(quote->tier == row.tier);
    CHECK(quote->fee == Fen(row.fee));
    CHECK(quote->refund == Fen(10000 - row.fee));
  }
}

TEST_CASE("A boundary belongs to the whole second it is in", "[payment][W-13]") {
  FareFacts facts = Facts(10000, absl::Hours(48));
  facts.cancel_time += absl::Milliseconds(999);
  CHECK(AssessFee(SeedPolicy(), facts)->tier == "FIVE_PERCENT");
  facts.cancel_time += absl::Milliseconds(1);
  CHECK(AssessFee(SeedPolicy(), facts)->tier == "TEN_PERCENT");
}

TEST_CASE("The fee is rounded to half a yuan", "[payment][W-13]") {
  struct Row {
    const char* edge;
    int percent;
    std::int64_t fare;
    std::int64_t fee;
  };
  const std::vector<Row> rows = {
      {"5.00 stays", 5, 10000, 500},       {"5.24 down", 10, 5240, 500},
      {"5.25 to a half", 10, 5250, 550},   {"5.26 to a half", 10, 5260, 550},
      {"5.50 stays", 10, 5500, 550},       {"5.74 to a half", 10, 5740, 550},
      {"5.75 up", 10, 5750, 600},          {"5.99 up", 10, 5990, 600},
      {"5.249 down", 5, 10498, 500},       {"5.2495 down", 5, 10499, 500},
      {"5.7495 to a half", 5, 11499, 550},
  };
  for (const Row& row : rows) {
    CAPTURE(row.edge);
    CHECK(FeeAt(row.percent, row.fare) == row.fee);
  }
}

TEST_CASE("The fee is at least 2 yuan and never more than the fare", "[payment][W-13]") {
  CHECK(FeeAt(5, 1000) == 200);  // 0.50 yuan
  CHECK(FeeAt(5, 4400) == 200);  // 2.20 yuan, down to 2
  CHECK(FeeAt(5, 4500) == 250);  // 2.25 yuan
  CHECK(FeeAt(20, 200) == 200);  // fare of 2 yuan
  CHECK(FeeAt(20, 150) == 150);  // fare below 2 yuan
  CHECK(FeeAt(20, 1) == 1);
  CHECK(FeeAt(20, 0) == 0);
  CHECK(FeeAt(0, 10000) == 0);  // free is free
}

TEST_CASE("A ticket changed into the Spring Festival period always pays 20 %", "[payment][W-13]") {
  for (const absl::Duration before : {absl::Hours(24 * 40), absl::Hours(100), absl::Hours(1)}) {
    FareFacts facts = Facts(5530, before);
    facts.changed_into_spring_festival = true;
    const auto quote = AssessFee(SeedPolicy(), facts);
    CHECK(quote->tier == "SPRING_FESTIVAL");
    CHECK(quote->fee == Fen(1100));  // 11.06 yuan
  }
}

TEST_CASE("The fee is taken per ticket", "[payment][W-13]") {
  FareFacts facts = Facts(5240, absl::Hours(25));
  facts.tickets = 3;
  const auto quote = AssessFee(SeedPolicy(), facts);
  CHECK(quote->fee == Fen(3 * 500));  // not 15.72 rounded to 15.50
  CHECK(quote->refund == Fen(3 * 5240 - 3 * 500));
}

TEST_CASE("An appointment's service fee comes back whole until its window opens",
          "[payment][R-24]") {
  FareFacts facts = Facts(2000, absl::Seconds(1));
  facts.product = Product::kAppointment;
  CHECK(AssessFee(SeedPolicy(), facts)->fee == Fen(0));
  facts.cancel_time = facts.departure_time;
  CHECK(AssessFee(SeedPolicy(), facts)->tier == "FORFEITED");
  CHECK(AssessFee(SeedPolicy(), facts)->refund == Fen(0));
}

TEST_CASE("A quote says until when it holds", "[payment][X-12]") {
  struct Row {
    absl::Duration before;
    absl::Time until;
  };
  const std::vector<Row> rows = {
      {absl::Hours(24 * 20), Departure() - absl::Hours(24 * 15)},
      {absl::Hours(50), Departure() - absl::Hours(48) + absl::Seconds(1)},
      {absl::Hours(30), Departure() - absl::Hours(24) + absl::Seconds(1)},
      {absl::Hours(3), Departure()},
  };
  for (const Row& row : rows) {
    const auto quote = AssessFee(SeedPolicy(), Facts(10000, row.before));
    CHECK(quote->holds_until == row.until);
    FareFacts then = Facts(10000, row.before);
    then.cancel_time = quote->holds_until - absl::Seconds(1);
    CHECK(AssessFee(SeedPolicy(), then)->fee == quote->fee);
  }
}

TEST_CASE("A quote never promises more than is left", "[payment][X-12]") {
  const FeeQuote quote{Fen(600), Fen(5400), "TEN_PERCENT", Departure()};
  CHECK(Within(quote, Fen(9999))->refund == Fen(5400));
  CHECK(Within(quote, Fen(6000))->refund == Fen(5400));
  CHECK(Within(quote, Fen(4000))->refund == Fen(3400));
  CHECK(Within(quote, Fen(4000))->fee == Fen(600));
  CHECK(Within(quote, Fen(500))->fee == Fen(500));
  CHECK(Within(quote, Fen(0))->refund == Fen(0));
}

TEST_CASE("The policy in force when a payment was opened is found again", "[payment][X-12]") {
  FeePolicy later = SeedPolicy();
  later.id = "dearer";
  later.in_force_from = SeedPolicy().in_force_from + absl::Hours(24 * 365);
  later.rail.back().percent = 50;
  const auto book = PolicyBook::Of({later, SeedPolicy()});
  REQUIRE(book.ok());
  CHECK(book->InForceAt(later.in_force_from - absl::Seconds(1)).id == "seed");
  CHECK(book->InForceAt(later.in_force_from).id == "dearer");
  CHECK(book->InForceAt(absl::InfinitePast()).id == "seed");
  CHECK(book->Find("seed")->rail.back().percent == 20);
  CHECK(ReasonOf(book->Find("gone").status()) == "POLICY_UNKNOWN");
}

FeePolicy WithLaterRules() {
  FeePolicy policy = SeedPolicy();
  policy.id = "later rules";
  policy.rail.front() = {"FREE", absl::Hours(192), true, 0};
  policy.later_change = LaterChangeRule{absl::Hours(192), 5};
  policy.grace = GraceRule{absl::Minutes(30), absl::Hours(4)};
  return policy;
}

TEST_CASE("A ticket changed late to a later train is not refunded for less", "[payment][X-14]") {
  FareFacts facts = Facts(10000, absl::Hours(24 * 10));
  CHECK(AssessFee(WithLaterRules(), facts)->fee == Fen(0));
  facts.left_when_changed_later = absl::Hours(192);
  CHECK(AssessFee(WithLaterRules(), facts)->fee == Fen(0));
  facts.left_when_changed_later = absl::Hours(192) - absl::Seconds(1);
  CHECK(AssessFee(WithLaterRules(), facts)->tier == "CHANGED_LATER");
  CHECK(AssessFee(WithLaterRules(), facts)->fee == Fen(500));
  CHECK(AssessFee(SeedPolicy(), facts)->tier != "CHANGED_LATER");
  facts.cancel_time = Departure() - absl::Hours(30);
  CHECK(AssessFee(WithLaterRules(), facts)->tier == "TEN_PERCENT");
}

TEST_CASE("Right after it was bought a ticket is refunded whole", "[payment][X-14]") {
  FareFacts facts = Facts(10000, absl::Hours(10));
  facts.grace_from = facts.cancel_time - absl::Minutes(30);
  const auto quote = AssessFee(WithLaterRules(), facts);
  CHECK(quote->tier == "GRACE");
  CHECK(quote->refund == Fen(10000));
  CHECK(quote->holds_until == facts.cancel_time + absl::Seconds(1));
  facts.cancel_time = quote->holds_until;
  CHECK(AssessFee(WithLaterRules(), facts)->tier == "TWENTY_PERCENT");

  FareFacts close = Facts(10000, absl::Hours(4));
  close.grace_from = close.cancel_time - absl::Minutes(1);
  CHECK(AssessFee(WithLaterRules(), close)->tier == "GRACE");
  close.cancel_time += absl::Seconds(1);
  CHECK(AssessFee(WithLaterRules(), close)->tier == "TWENTY_PERCENT");
  close.changed_into_spring_festival = true;
  CHECK(AssessFee(WithLaterRules(), close)->tier == "SPRING_FESTIVAL");
}

TEST_CASE("A profile without a date is known, but never in force", "[payment][X-14]") {
  FeePolicy known = WithLaterRules();
  known.in_force_from = absl::InfiniteFuture();
  FeePolicy another = known;
  another.id = "another";
  const auto book = PolicyBook::Of({known, another, SeedPolicy()});
  REQUIRE(book.ok());
  CHECK(book->InForceAt(absl::FromUnixSeconds(4'102'444'800)).id == "seed");
  CHECK(book->Find("later rules").ok());
  CHECK(!PolicyBook::Of({known}).ok());
}

TEST_CASE("Unsound policies are refused", "[payment]") {
  FeePolicy twice = SeedPolicy();
  CHECK(!PolicyBook::Of({twice, twice}).ok());
  CHECK(!PolicyBook::Of({}).ok());
  FeePolicy no_end = SeedPolicy();
  no_end.rail.pop_back();
  CHECK(!Validate(no_end).ok());
  FeePolicy out_of_order = SeedPolicy();
  std::swap(out_of_order.rail[0], out_of_order.rail[1]);
  CHECK(!Validate(out_of_order).ok());
  FeePolicy too_much = SeedPolicy();
  too_much.rail[1].percent = 101;
  CHECK(!Validate(too_much).ok());
  FeePolicy no_change = SeedPolicy();
  no_change.change.tiers.clear();
  CHECK(!Validate(no_change).ok());
  FeePolicy backwards = SeedPolicy();
  backwards.spring_festivals = {{absl::CivilDay(2027, 3, 2), absl::CivilDay(2027, 1, 22)}};
  CHECK(!Validate(backwards).ok());
  FeePolicy dear = SeedPolicy();
  dear.expedite = {500, 100};
  CHECK(!Validate(dear).ok());
}

}  // namespace
}  // namespace houbu::payment
