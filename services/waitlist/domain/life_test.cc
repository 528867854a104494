#include "services/waitlist/domain/life.h"

#include <optional>
#include <random>

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

namespace houbu::waitlist {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);
const absl::Time kDeparture = kNow + absl::Hours(100);

Order OpenOrder(std::size_t choices = 2) {
  Opening opening;
  opening.id = OrderId("wo-1");
  opening.account = "accounts/ac-1";
  opening.payment = "payments/py-1";
  for (std::size_t i = 0; i < choices; ++i) {
    Choice choice;
    choice.wish.run = absl::StrCat("runs/", i);
    choice.demand = absl::StrCat("dm-", i);
    choice.quote.fare = Fen(10000 * static_cast<std::int64_t>(i + 1));
    choice.quote.departs_at = kDeparture;
    opening.application.choices.push_back(choice);
  }
  opening.application.travellers.resize(2);
  const WaitlistPolicy policy;
  return Open(std::move(opening), kNow, policy).value().order;
}

template <class Kind>
int Count(const std::vector<Effect>& effects) {
  int count = 0;
  for (const Effect& effect : effects) {
    count += std::holds_alternative<Kind>(effect) ? 1 : 0;
  }
  return count;
}

Order WaitingOrder(std::size_t choices = 2) {
  return Pay(OpenOrder(choices), kNow + absl::Minutes(1)).order;
}

Found FoundFor(const std::string& demand) {
  Found found;
  found.demand = demand;
  found.booking = "bookings/bk-1";
  found.total = Fen(20000);
  return found;
}

TEST_CASE("an order paid within its window is effective as of the payment",
          "[waitlist][W-04][W-05]") {
  const Order open = OpenOrder();
  CHECK(open.prepayment == Fen(40000));
  CHECK(open.pay_by == kNow + absl::Minutes(30));
  for (const absl::Duration after : {absl::Seconds(1), absl::Minutes(30)}) {
    const Step step = Pay(open, kNow + after);
    CHECK(step.order.state == OrderState::kWaiting);
    CHECK(step.order.effective_at == kNow + after);
    CHECK(Count<DemandEnlisted>(step.effects) == 2);
    CHECK(Count<PaymentReturned>(step.effects) == 0);
  }
}

TEST_CASE("money that arrives late is returned whole", "[waitlist][W-04]") {
  const Step late = Pay(OpenOrder(), kNow + absl::Minutes(30) + absl::Microseconds(1));
  CHECK(late.order.state == OrderState::kPendingPayment);
  CHECK(Count<PaymentReturned>(late.effects) == 1);
  CHECK(Count<DemandEnlisted>(late.effects) == 0);

  const Step lapsed = Expire(OpenOrder(), kNow + absl::Minutes(31)).value();
  CHECK(lapsed.order.state == OrderState::kLapsed);
  CHECK(Count<PaymentClosed>(lapsed.effects) == 1);
  const Step after = Pay(lapsed.order, kNow + absl::Minutes(1));
  CHECK(after.order.state == OrderState::kLapsed);
  CHECK(Count<PaymentReturned>(after.effects) == 1);
}

TEST_CASE("an unpaid order lapses when no payment within its window can be heard of any more",
          "[waitlist][W-04]") {
  const absl::Time last = OpenOrder().pay_by + kCallbackGrace;
  CHECK_FALSE(Expire(OpenOrder(), last).has_value());
  const auto step = Expire(OpenOrder(), last + absl::Microseconds(1));
  REQUIRE(step.has_value());
  CHECK(step->order.end_reason == EndReason::kNotPaid);
}

TEST_CASE("a served order withdraws its other choices and settles once", "[waitlist][W-07]") {
  const Order waiting = WaitingOrder(3);
  const std::optional<Step> served = Serve(waiting, FoundFor("dm-1"), kNow + absl::Hours(1));
  REQUIRE(served.has_value());
  CHECK(served->order.state == OrderState::kServed);
  CHECK(served->order.booking == "bookings/bk-1");
  CHECK(Count<DemandWithdrawn>(served->effects) == 2);
  CHECK(Count<PaymentSettled>(served->effects) == 1);
  CHECK(Count<PaymentReturned>(served->effects) == 0);
  CHECK_FALSE(Serve(served->order, FoundFor("dm-0"), kNow + absl::Hours(2)).has_value());
  CHECK_FALSE(Terminate(served->order, kNow + absl::Hours(2)).has_value());
  CHECK_FALSE(Expire(served->order, kDeparture).has_value());
}

TEST_CASE("places found for an order that is over are declined", "[waitlist][W-07][W-08]") {
  const Order waiting = WaitingOrder();
  CHECK_FALSE(Serve(OpenOrder(), FoundFor("dm-0"), kNow).has_value());
  CHECK_FALSE(Serve(waiting, FoundFor("dm-9"), kNow + absl::Hours(1)).has_value());
  CHECK_FALSE(Serve(waiting, FoundFor("dm-0"), waiting.deadline).has_value());
  const Order ended = Terminate(waiting, kNow + absl::Hours(1)).value().order;
  CHECK_FALSE(Serve(ended, FoundFor("dm-0"), kNow + absl::Hours(2)).has_value());
}

TEST_CASE("a match that comes after its run has left is declined", "[waitlist][W-07]") {
  Order waiting = WaitingOrder();
  waiting.choices[0].quote.departs_at = kNow + absl::Hours(5);
  const absl::Time left = waiting.choices[0].quote.departs_at;
  REQUIRE(left < waiting.deadline);
  CHECK(Serve(waiting, FoundFor("dm-0"), left - absl::Microseconds(1)).has_value());
  CHECK_FALSE(Serve(waiting, FoundFor("dm-0"), left).has_value());
  CHECK(Serve(waiting, FoundFor("dm-1"), left).has_value());
}

TEST_CASE("a match dearer than the prepayment is declined", "[waitlist][W-06][W-07]") {
  const Order waiting = WaitingOrder();
  Found found = FoundFor("dm-1");
  found.total = waiting.prepayment;
  CHECK(Serve(waiting, found, kNow + absl::Hours(1)).has_value());
  found.total = Fen(waiting.prepayment.minor_units + 1);
  CHECK_FALSE(Serve(waiting, found, kNow + absl::Hours(1)).has_value());
}

TEST_CASE("an order that costs nothing is effective at once and moves no money",
          "[waitlist][W-04][W-08][R-24]") {
  Opening opening;
  opening.id = OrderId("wo-1");
  opening.application.choices.resize(2);
  for (Choice& choice : opening.application.choices) {
    choice.demand = absl::StrCat("dm-", &choice - opening.application.choices.data());
    choice.quote.departs_at = kDeparture;
  }
  opening.application.travellers.resize(1);
  const WaitlistPolicy policy;
  const Step opened = Open(std::move(opening), kNow, policy).value();
  CHECK(opened.order.state == OrderState::kWaiting);
  CHECK(opened.order.effective_at == kNow);
  CHECK(Count<PaymentOpened>(opened.effects) == 0);
  CHECK(Count<DemandEnlisted>(opened.effects) == 2);

  Found found = FoundFor("dm-0");
  found.total = Fen(0);
  const Step served = Serve(opened.order, found, kNow + absl::Hours(1)).value();
  CHECK(Count<PaymentSettled>(served.effects) == 0);
  CHECK(Count<DemandWithdrawn>(served.effects) == 1);
  const Step ended = Terminate(opened.order, kNow + absl::Hours(1)).value();
  CHECK(Count<PaymentReturned>(ended.effects) == 0);
}

TEST_CASE("an order ends at its deadline or by its owner with everything returned",
          "[waitlist][W-08]") {
  const Order waiting = WaitingOrder();
  CHECK_FALSE(Expire(waiting, waiting.deadline - absl::Microseconds(1)).has_value());
  const Step failed = Expire(waiting, waiting.deadline).value();
  CHECK(failed.order.state == OrderState::kFailed);
  CHECK(failed.order.end_reason == EndReason::kNotEnoughPlaces);
  const Step withdrawn = Terminate(waiting, kNow + absl::Hours(1)).value();
  CHECK(withdrawn.order.state == OrderState::kWithdrawn);
  for (const Step& step : {failed, withdrawn}) {
    CHECK(Count<DemandWithdrawn>(step.effects) == 2);
    CHECK(Count<PaymentReturned>(step.effects) == 1);
    CHECK(Count<OwnerTold>(step.effects) == 1);
  }
}

TEST_CASE("an order fails with the last of its choices", "[waitlist][W-11][W-15]") {
  const Order waiting = WaitingOrder();
  const Step one = FailChoice(waiting, "dm-0", EndReason::kItineraryConflict, kNow).value();
  CHECK(one.order.state == OrderState::kWaiting);
  CHECK(one.effects.empty());
  const Step both = FailChoice(one.order, "dm-1", EndReason::kRealNameRule, kNow).value();
  CHECK(both.order.state == OrderState::kFailed);
  CHECK(both.order.end_reason == EndReason::kRealNameRule);
  CHECK(Count<PaymentReturned>(both.effects) == 1);
  CHECK(Count<DemandWithdrawn>(both.effects) == 0);
}

TEST_CASE("whatever happens in whatever order, money ends in exactly one place",
          "[waitlist][W-04][W-07][W-08]") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int history = 0; history < 2000; ++history) {
    Order order = OpenOrder(3);
    absl::Time now = kNow;
    int paid = 0;
    int returned = 0;
    int settled = 0;
    const auto take = [&](const std::vector<Effect>& effects) {
      returned += Count<PaymentReturned>(effects);
      settled += Count<PaymentSettled>(effects);
    };
    for (int step = 0; step < 12; ++step) {
      now += absl::Minutes(static_cast<double>(random() % 600));
      std::optional<Step> taken;
      switch (random() % 5) {
        case 0:
          if (paid == 0) {
            paid = 1;
            taken = Pay(order, now);
          }
          break;
        case 1:
          taken = Serve(order, FoundFor(absl::StrCat("dm-", random() % 3)), now);
          break;
        case 2:
          taken =
              FailChoice(order, absl::StrCat("dm-", random() % 3), EndReason::kRealNameRule, now);
          break;
        case 3:
          taken = random() % 4 == 0 ? Terminate(order, now) : std::nullopt;
          break;
        default:
          taken = Expire(order, now);
      }
      if (taken.has_value()) {
        take(taken->effects);
        order = taken->order;
      }
      const bool waits = order.state == OrderState::kWaiting;
      CHECK(returned + settled + (waits ? 1 : 0) == paid);
    }
  }
}

}  // namespace
}  // namespace houbu::waitlist
