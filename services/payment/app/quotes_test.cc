#include <string>

#include <catch2/catch.hpp>

#include "services/payment/app/world_subject.h"

namespace houbu::payment {
namespace {

// A policy with grace, in force from the beginning.
FeePolicy WithGrace() {
  FeePolicy policy = SeedPolicy();
  policy.id = "graceful";
  policy.grace = GraceRule{absl::Minutes(30), absl::Hours(4)};
  return policy;
}

FareFacts FactsOf(const TestWorld& world, std::int64_t fen) {
  FareFacts facts;
  facts.fare = Fen(fen);
  facts.cancel_time = world.clock.Now();
  facts.departure_time = world.clock.Now() + absl::Hours(10);
  return facts;
}

absl::StatusOr<FeeQuote> Quoted(TestWorld& world, const PaymentId& id, const FareFacts& facts) {
  QuoteQuestion question;
  question.viewer = Viewer{Viewer::Kind::kAccount, "accounts/ac-1"};
  question.id = id;
  question.facts = facts;
  return testing::RunTask(world.refunding.Quote(question));
}

TEST_CASE("The grace right after the purchase is one a person and day", "[payment][X-14]") {
  TestWorld world;
  world.policies = *PolicyBook::Of({WithGrace()});
  const PaymentId first = world.Paid("py-1", 10000);
  const PaymentId second = world.Paid("py-2", 10000);
  const FareFacts facts = FactsOf(world, 10000);
  CHECK(Quoted(world, first, facts)->tier == "GRACE");
  CHECK(Quoted(world, second, facts)->tier == "GRACE");
  CHECK(*world.GiveBack(first, RefundReason::kCancelled, facts) == "10000-0");
  CHECK(Quoted(world, second, facts)->tier == "TWENTY_PERCENT");
  CHECK(*world.GiveBack(second, RefundReason::kCancelled, facts) == "8000-2000");

  // 2026-11-01 08:00 in Beijing: the next day begins in 16 hours.
  world.clock.Advance(absl::Hours(16) - absl::Minutes(1));
  const PaymentId evening = world.Paid("py-3", 10000);
  CHECK(Quoted(world, evening, FactsOf(world, 10000))->tier == "TWENTY_PERCENT");
  world.clock.Advance(absl::Minutes(1));
  CHECK(Quoted(world, evening, FactsOf(world, 10000))->tier == "GRACE");
}

TEST_CASE("Of two refunds at once one gets the grace", "[payment][X-07][X-14]") {
  TestWorld world;
  world.policies = *PolicyBook::Of({WithGrace()});
  const PaymentId first = world.Paid("py-1", 10000);
  const FareFacts facts = FactsOf(world, 10000);
  world.store.LoseRaces(2);
  CHECK(*world.GiveBack(first, RefundReason::kCancelled, facts, "rq-r") == "10000-0");
  CHECK(*world.GiveBack(first, RefundReason::kCancelled, facts, "rq-r") == "10000-0");
}

TEST_CASE("The time of purchase is the provider's, whatever the request says", "[payment][X-14]") {
  TestWorld world;
  world.policies = *PolicyBook::Of({WithGrace()});
  const PaymentId id = world.Paid("py-1", 10000);
  world.clock.Advance(absl::Minutes(30) + absl::Seconds(1));
  FareFacts facts = FactsOf(world, 10000);
  facts.grace_from = facts.cancel_time;
  CHECK(Quoted(world, id, facts)->tier == "TWENTY_PERCENT");
  CHECK(*world.GiveBack(id, RefundReason::kCancelled, facts) == "8000-2000");
}

TEST_CASE("A seat served out of a prepayment has no grace", "[payment][X-14]") {
  TestWorld world;
  world.policies = *PolicyBook::Of({WithGrace()});
  const PaymentId id = world.Paid("py-1", 10000, Product::kPrepayment);
  REQUIRE(world.Settle(id, 8000).ok());
  CHECK(Quoted(world, id, FactsOf(world, 8000))->tier == "TWENTY_PERCENT");
}

TEST_CASE("No more than what is left is quoted or goes back by policy", "[payment][X-12]") {
  TestWorld world;
  const PaymentId id = world.Paid("py-1", 10000);
  CHECK(Quoted(world, id, FactsOf(world, 10000)).ok());
  const absl::Status above = Quoted(world, id, FactsOf(world, 10001)).status();
  CHECK(ReasonOf(above) == "AMOUNT_ABOVE_REST");
  CHECK(MetadataOf(above) == Metadata{{"field", "fare"}, {"left", "100.00"}});
  FareFacts two = FactsOf(world, 6000);
  two.tickets = 2;
  CHECK(ReasonOf(Quoted(world, id, two).status()) == "AMOUNT_ABOVE_REST");
  CHECK(ReasonOf(world.GiveBack(id, RefundReason::kCancelled, two).status()) ==
        "AMOUNT_ABOVE_REST");
  CHECK(*Left(world.Of(id)) == Fen(10000));
  CHECK(*world.GiveBack(id, RefundReason::kCancelled, FactsOf(world, 10000)) == "8000-2000");
  CHECK(ReasonOf(Quoted(world, id, FactsOf(world, 1)).status()) == "AMOUNT_ABOVE_REST");
}

TEST_CASE("A profile is asked by its id, and an unknown one refused by its field",
          "[payment][X-12][X-14]") {
  TestWorld world;
  FeePolicy known = SeedPolicy();
  known.id = "known";
  known.in_force_from = absl::InfiniteFuture();
  known.rail.back().percent = 40;
  known.change.tiers.back().percent = 15;
  world.policies = *PolicyBook::Of({SeedPolicy(), known});
  QuoteQuestion question;
  question.facts = FactsOf(world, 10000);
  CHECK(testing::RunTask(world.refunding.Quote(question))->policy == "seed");
  question.profile = "known";
  CHECK(testing::RunTask(world.refunding.Quote(question))->fee == Fen(4000));
  question.profile = "gone";
  const absl::Status gone = testing::RunTask(world.refunding.Quote(question)).status();
  CHECK(ViolationsOf(gone) ==
        std::vector<Violation>{Violation{"profile", "must be one of seed, known"}});
  ChangeQuestion change;
  change.profile = "gone";
  CHECK(ViolationsOf(testing::RunTask(world.change_quoting.Quote(change)).status()).size() == 1);
}

TEST_CASE("A change is quoted by the policy of the purchase", "[payment][X-12]") {
  TestWorld world;
  const PaymentId id = world.Paid("py-1", 10000);
  FeePolicy dearer = SeedPolicy();
  dearer.id = "dearer";
  dearer.in_force_from = world.clock.Now() + absl::Hours(1);
  dearer.change.tiers.back().percent = 40;
  world.policies = *PolicyBook::Of({SeedPolicy(), dearer});
  world.clock.Advance(absl::Hours(2));
  ChangeQuestion question;
  question.viewer = Viewer{Viewer::Kind::kAccount, "accounts/ac-1"};
  question.facts.fare = Fen(10000);
  question.facts.new_fare = Fen(12000);
  question.facts.change_time = world.clock.Now();
  question.facts.departure_time = world.clock.Now() + absl::Hours(10);
  question.facts.new_departure_time = question.facts.departure_time;
  CHECK(testing::RunTask(world.change_quoting.Quote(question))->due == Fen(6000));
  question.id = id;
  const auto quote = testing::RunTask(world.change_quoting.Quote(question));
  CHECK(quote->due == Fen(2000));
  CHECK(quote->policy == "seed");
  question.facts.fare = Fen(10001);
  CHECK(ReasonOf(testing::RunTask(world.change_quoting.Quote(question)).status()) ==
        "AMOUNT_ABOVE_REST");
  question.viewer.name = "accounts/ac-2";
  CHECK(ReasonOf(testing::RunTask(world.change_quoting.Quote(question)).status()) ==
        "PAYMENT_UNKNOWN");
}

}  // namespace
}  // namespace houbu::payment
