#include <string>
#include <variant>

#include <catch2/catch.hpp>

#include "services/payment/app/world_subject.h"

namespace houbu::payment {
namespace {

int Told(const MemoryPaymentStore& store) {
  int told = 0;
  for (const Effect& effect : store.effects()) told += std::holds_alternative<SuccessTold>(effect);
  return told;
}

int Notices(const MemoryPaymentStore& store, NoticeEvent event) {
  int count = 0;
  for (const Effect& effect : store.effects()) {
    const NoticeSent* notice = std::get_if<NoticeSent>(&effect);
    count += notice != nullptr && notice->event == event;
  }
  return count;
}

FareFacts TwentyFiveHours(const TestWorld& world, std::int64_t fen) {
  FareFacts facts;
  facts.fare = Fen(fen);
  facts.cancel_time = world.clock.Now();
  facts.departure_time = world.clock.Now() + absl::Hours(25);
  return facts;
}

TEST_CASE("Opened, started, paid: the opener and the payer hear of it once", "[payment][X-07]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 5240);
  REQUIRE(world.opened.ok());
  CHECK(world.Of(id).policy == "seed");
  const auto started = world.Start(id);
  REQUIRE(started.ok());
  CHECK(started->find("https://pay.example/py-1") != std::string::npos);
  const OrderFact paid = world.provider.Pay(id, world.clock.Now());
  for (int times = 0; times < 3; ++times) CHECK(world.CallBack(id, paid).ok());
  CHECK(world.Of(id).state == PaymentState::kSucceeded);
  CHECK(Told(world.store) == 1);
  CHECK(Notices(world.store, NoticeEvent::kPaid) == 1);
  CHECK(world.store.Balance("provider_receivable:sandbox") == 5240);
  CHECK(world.store.Balance("fares") == -5240);
}

TEST_CASE("The same request answers as before, other content does not", "[payment][X-07]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  const auto first = world.Start(id, "rq-x");
  const auto second = world.Start(id, "rq-x");
  REQUIRE(first.ok());
  CHECK(*first == *second);
  CHECK(world.provider.creations == 1);
  StartCommand other;
  other.id = id;
  other.account = "accounts/ac-1";
  Mutation<Payment> changed = world.ForPayment("rq-x");
  changed.key.fingerprint = "other";
  CHECK(ReasonOf(testing::RunTask(world.start.Start(other, changed)).status()) ==
        "REQUEST_ID_REUSED");
}

TEST_CASE("Who may not pay starts no payment; what they started before stands", "[payment][R-19]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  StartCommand command;
  command.id = id;
  command.account = "accounts/ac-1";
  command.barred_until = absl::FromUnixSeconds(1'893'456'000);
  const auto start = [&](const std::string& request) {
    return testing::RunTask(world.start.Start(command, world.ForPayment(request))).status();
  };
  absl::Status refused = start("rq-barred");
  CHECK(ReasonOf(refused) == "ACCOUNT_RESTRICTED");
  CHECK(MetadataOf(refused) ==
        Metadata{{"level", "PAYMENT"}, {"until", "2030-01-01T00:00:00+00:00"}});
  command.barred_until = absl::InfiniteFuture();
  refused = start("rq-barred");
  CHECK(MetadataOf(refused).at("until").empty());
  CHECK(world.Of(id).state == PaymentState::kCreated);
  CHECK(world.provider.creations == 0);
  command.barred_until.reset();
  CHECK(start("rq-barred").ok());
  command.barred_until = absl::InfiniteFuture();
  CHECK(start("rq-barred").ok());  // as it was answered
  CHECK(ReasonOf(start("rq-other")) == "ACCOUNT_RESTRICTED");
}

TEST_CASE("A start whose answer was lost goes on where it stopped", "[payment][X-07]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  world.provider.loses_answers = true;
  CHECK(world.Start(id, "rq-x").status().code() == absl::StatusCode::kUnavailable);
  CHECK(world.Of(id).state == PaymentState::kPending);
  world.provider.loses_answers = false;
  const auto started = world.Start(id, "rq-x");
  REQUIRE(started.ok());
  CHECK(!world.Of(id).code_url.empty());
}

TEST_CASE("A channel that is not configured is refused by name, and nothing was started",
          "[payment][start]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  StartCommand command;
  command.id = id;
  command.account = "accounts/ac-1";
  command.channel = Channel::kAlipay;
  CHECK(ReasonOf(testing::RunTask(world.start.Start(command, world.ForPayment())).status()) ==
        "CHANNEL_UNKNOWN");
  CHECK(world.Of(id).state == PaymentState::kCreated);
  CHECK(!world.Of(id).channel.has_value());
}

TEST_CASE("Another account's payment is not there", "[payment]") {
  TestWorld world;
  const PaymentId id = world.Paid("py-1", 1000);
  StartCommand command;
  command.id = id;
  command.account = "accounts/ac-2";
  CHECK(ReasonOf(testing::RunTask(world.start.Start(command, world.ForPayment())).status()) ==
        "PAYMENT_UNKNOWN");
  const Viewer stranger{Viewer::Kind::kAccount, "accounts/ac-2"};
  CHECK(ReasonOf(testing::RunTask(world.lookup.Find(id, stranger)).status()) == "PAYMENT_UNKNOWN");
  const Viewer waitlist{Viewer::Kind::kService, "waitlist"};
  CHECK(ReasonOf(testing::RunTask(world.lookup.Find(id, waitlist)).status()) == "PAYMENT_UNKNOWN");
  const Viewer slot{Viewer::Kind::kService, "slot"};
  CHECK(testing::RunTask(world.lookup.Find(id, slot)).ok());
  CHECK(ReasonOf(
            world.GiveBack(id, RefundReason::kCancelled, std::nullopt, "", "waitlist").status()) ==
        "PAYMENT_UNKNOWN");
}

TEST_CASE("A callback that got lost is made up for by asking", "[payment][X-07]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  REQUIRE(world.Start(id).ok());
  world.provider.Pay(id, world.clock.Now());
  REQUIRE(testing::RunTask(world.inquiry.Round()).ok());
  CHECK(world.Of(id).state == PaymentState::kPending);
  world.clock.Advance(absl::Minutes(1));
  REQUIRE(testing::RunTask(world.inquiry.Round()).ok());
  CHECK(world.Of(id).state == PaymentState::kSucceeded);
  CHECK(Told(world.store) == 1);
}

TEST_CASE("A provider that is away is asked again later, less and less often", "[payment]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  REQUIRE(world.Start(id).ok());
  world.provider.away = true;
  world.clock.Advance(absl::Minutes(1));
  REQUIRE(testing::RunTask(world.inquiry.Round()).ok());
  CHECK(world.Of(id).inquiries == 1);
  CHECK(*world.Of(id).inquire_at > world.clock.Now());
}

TEST_CASE("A callback with another amount is not believed but asked about", "[payment][W-04]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  REQUIRE(world.Start(id).ok());
  OrderFact wrong = world.provider.Pay(id, world.clock.Now());
  wrong.amount = Fen(1001);
  CHECK(world.CallBack(id, wrong).ok());
  CHECK(world.Of(id).state == PaymentState::kSucceeded);
  CHECK(world.Of(id).captured == Fen(1000));
  CHECK(world.store.refunds().empty());
}

TEST_CASE("Money that arrives after the payment was closed goes back by itself",
          "[payment][W-04]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  REQUIRE(world.Start(id).ok());
  REQUIRE(world.Close(id).ok());
  CHECK(world.Of(id).state == PaymentState::kClosed);
  CHECK(world.CallBack(id, world.provider.Pay(id, world.clock.Now())).ok());
  CHECK(world.Of(id).state == PaymentState::kClosed);
  CHECK(Told(world.store) == 0);
  world.Work();
  REQUIRE(world.opened.ok());
  CHECK(world.provider.paid == 1000);
  CHECK(world.provider.refunded == 1000);
  CHECK(world.store.Balance("provider_receivable:sandbox") == 0);
  CHECK(Notices(world.store, NoticeEvent::kRefunded) == 1);
}

TEST_CASE("Late money whose callback got lost goes back too", "[payment][W-04]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  REQUIRE(world.Start(id).ok());
  REQUIRE(world.Close(id).ok());
  world.provider.Pay(id, world.clock.Now());
  world.clock.Advance(absl::Minutes(2));
  REQUIRE(testing::RunTask(world.inquiry.Round()).ok());
  world.Work();
  CHECK(world.provider.refunded == 1000);
  CHECK(!world.Of(id).inquire_at.has_value());
}

TEST_CASE("A closed payment is looked at four times more and then left alone", "[payment]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  REQUIRE(world.Start(id).ok());
  REQUIRE(world.Close(id).ok());
  int looks = 0;
  while (world.Of(id).inquire_at.has_value() && looks < 10) {
    world.clock.Set(*world.Of(id).inquire_at);
    REQUIRE(testing::RunTask(world.inquiry.Round()).ok());
    ++looks;
  }
  CHECK(looks == 4);
  CHECK(world.Of(id).state == PaymentState::kClosed);
}

TEST_CASE("Money that was faster than the closing counts", "[payment][W-04]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  REQUIRE(world.Start(id).ok());
  world.provider.Pay(id, world.clock.Now());
  REQUIRE(world.Close(id).ok());
  CHECK(world.Of(id).state == PaymentState::kSucceeded);
  CHECK(Told(world.store) == 1);
}

TEST_CASE("A closing the provider did not hear of is made up for", "[payment][W-04]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  REQUIRE(world.Start(id).ok());
  world.provider.away = true;
  CHECK(world.Close(id, "rq-c").status().code() == absl::StatusCode::kUnavailable);
  CHECK(world.Of(id).closing);
  world.provider.away = false;
  world.Work();
  CHECK(world.Of(id).state == PaymentState::kClosed);
  CHECK(world.Close(id, "rq-c").ok());
}

TEST_CASE("A refund asked for before the money is here returns what arrives", "[payment][W-04]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  REQUIRE(world.Start(id).ok());
  world.provider.Pay(id, world.clock.Now());
  CHECK(*world.GiveBack(id, RefundReason::kLate) == "0-0");
  world.Work();
  world.Work();
  REQUIRE(world.opened.ok());
  CHECK(Told(world.store) == 0);
  CHECK(world.provider.refunded == 1000);
  CHECK(world.store.refunds().begin()->second.reason == RefundReason::kLate);
}

TEST_CASE("A payment nobody pays is closed after its time", "[payment][W-04]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  REQUIRE(world.Start(id).ok());
  world.clock.Advance(absl::Minutes(33));
  REQUIRE(testing::RunTask(world.inquiry.Round()).ok());
  CHECK(world.Of(id).state == PaymentState::kClosed);
}

TEST_CASE("A cancellation keeps the fee of the policy and returns the rest",
          "[payment][W-13][X-06]") {
  TestWorld world;
  const PaymentId id = world.Paid("py-1", 5240);
  CHECK(*world.GiveBack(id, RefundReason::kCancelled, TwentyFiveHours(world, 5240), "rq-r") ==
        "4740-500");
  CHECK(*world.GiveBack(id, RefundReason::kCancelled, TwentyFiveHours(world, 5240), "rq-r") ==
        "4740-500");
  CHECK(world.store.refunds().size() == 1);
  world.Work();
  CHECK(world.provider.refunded == 4740);
  CHECK(world.store.Balance("fees") == -500);
  CHECK(world.store.Balance("fares") == 0);
  CHECK(world.store.Balance("provider_receivable:sandbox") == 500);
  CHECK(world.store.Balance("refunds_payable:sandbox") == 0);
}

TEST_CASE("A served order's prepayment is settled once", "[payment][W-07]") {
  TestWorld world;
  const PaymentId id = world.Paid("py-1", 10000, Product::kPrepayment);
  CHECK(world.store.Balance("customer_prepayments") == -10000);
  // Whoever was served may cancel before the settlement is heard of: it has to wait for it.
  CHECK(ReasonOf(
            world.GiveBack(id, RefundReason::kCancelled, TwentyFiveHours(world, 6000), "", "slot")
                .status()) == "PREPAYMENT_NOT_SETTLED_YET");
  REQUIRE(world.Settle(id, 6000, "rq-s").ok());
  REQUIRE(world.Settle(id, 6000, "rq-s").ok());
  REQUIRE(world.Settle(id, 6000, "rq-t").ok());
  CHECK(ReasonOf(world.Settle(id, 5000).status()) == "ALREADY_SETTLED");
  world.Work();
  CHECK(world.provider.refunded == 4000);
  CHECK(world.store.Balance("customer_prepayments") == 0);
  CHECK(world.store.Balance("fares") == -6000);
  CHECK(*world.GiveBack(id, RefundReason::kCancelled, TwentyFiveHours(world, 6000), "", "slot") ==
        "5400-600");
  world.Work();
  CHECK(world.provider.refunded == 9400);
  CHECK(world.store.Balance("provider_receivable:sandbox") == 600);
}

TEST_CASE("An order that ended unserved gets its whole prepayment back", "[payment][W-08]") {
  TestWorld world;
  const PaymentId id = world.Paid("py-1", 10000, Product::kPrepayment);
  CHECK(*world.GiveBack(id, RefundReason::kWaitlistEnded) == "10000-0");
  CHECK(*world.GiveBack(id, RefundReason::kWaitlistEnded) == "0-0");
  world.Work();
  CHECK(world.provider.refunded == 10000);
  CHECK(world.store.Balance("provider_receivable:sandbox") == 0);
}

TEST_CASE("A refund goes back on the channel of payment and is asked for until it is done",
          "[payment][W-14]") {
  TestWorld world;
  const PaymentId id = world.Paid("py-1", 1000);
  REQUIRE(world.GiveBack(id, RefundReason::kCancelled).ok());
  world.provider.away = true;
  REQUIRE(testing::RunTask(world.dispatch.Round()).ok());
  CHECK(world.store.refunds().begin()->second.tries == 1);
  world.provider.away = false;
  world.provider.loses_answers = true;
  world.clock.Advance(absl::Minutes(1));
  REQUIRE(testing::RunTask(world.dispatch.Round()).ok());
  world.provider.loses_answers = false;
  world.clock.Advance(absl::Minutes(1));
  world.Work();
  const Refund& refund = world.store.refunds().begin()->second;
  CHECK(refund.channel == Channel::kSandbox);
  CHECK(refund.state == RefundState::kSucceeded);
  CHECK(world.provider.refunds().size() == 1);
  CHECK(world.provider.refunded == 1000);
}

TEST_CASE("A refund that failed is asked for under another name", "[payment][W-14]") {
  TestWorld world;
  const PaymentId id = world.Paid("py-1", 1000);
  REQUIRE(world.GiveBack(id, RefundReason::kCancelled).ok());
  REQUIRE(testing::RunTask(world.dispatch.Round()).ok());
  const std::string first = world.provider.refunds().begin()->first;
  CHECK(world.CallBack(id, world.provider.EndRefund(first, false, world.clock.Now())).ok());
  world.clock.Advance(absl::Minutes(1));
  world.Work();
  CHECK(world.provider.refunds().size() == 2);
  CHECK(world.provider.refunded == 1000);
  CHECK(world.store.Balance("refunds_payable:sandbox") == 0);
}

TEST_CASE("A lost race is reckoned again", "[payment][X-07]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  REQUIRE(world.Start(id).ok());
  world.store.LoseRaces(2);
  CHECK(world.CallBack(id, world.provider.Pay(id, world.clock.Now())).ok());
  CHECK(world.Of(id).state == PaymentState::kSucceeded);
  CHECK(Told(world.store) == 1);
}

TEST_CASE("A replayed callback is refused", "[payment][X-07]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  REQUIRE(world.Start(id).ok());
  ProvenNotice notice;
  notice.raw.nonce = "n-once";
  notice.payment = id;
  notice.order = world.provider.Pay(id, world.clock.Now());
  CHECK(testing::RunTask(world.facts.Take(notice)).ok());
  CHECK(ReasonOf(testing::RunTask(world.facts.Take(notice))) == "REPLAYED");
}

TEST_CASE("A quote speaks by the policy of the purchase", "[payment][X-12]") {
  TestWorld world;
  const PaymentId id = world.Paid("py-1", 10000);
  FeePolicy dearer = SeedPolicy();
  dearer.id = "dearer";
  dearer.in_force_from = world.clock.Now() + absl::Hours(1);
  dearer.rail.back().percent = 90;
  world.policies = *PolicyBook::Of({SeedPolicy(), dearer});
  world.clock.Advance(absl::Hours(2));
  QuoteQuestion question;
  question.viewer = Viewer{Viewer::Kind::kAccount, "accounts/ac-1"};
  question.facts = TwentyFiveHours(world, 10000);
  question.facts.cancel_time = question.facts.departure_time - absl::Hours(1);
  CHECK(testing::RunTask(world.refunding.Quote(question))->fee == Fen(9000));
  question.id = id;
  CHECK(testing::RunTask(world.refunding.Quote(question))->fee == Fen(2000));
  CHECK(*world.GiveBack(id, RefundReason::kCancelled, question.facts) == "8000-2000");
  question.viewer.name = "accounts/ac-2";
  CHECK(ReasonOf(testing::RunTask(world.refunding.Quote(question)).status()) == "PAYMENT_UNKNOWN");
}

}  // namespace
}  // namespace houbu::payment
