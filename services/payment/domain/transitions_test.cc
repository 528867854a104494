#include "services/payment/domain/transitions.h"

#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "services/payment/domain/refusals.h"

namespace houbu::payment {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'793'491'200);
const PaymentWay kScanned{Channel::kSandbox, ""};

Payment Open(Product product = Product::kRail) {
  Payment payment;
  payment.id = PaymentId("py-1");
  payment.opener = "slot";
  payment.order = "bookings/bk-1";
  payment.account = "accounts/ac-1";
  payment.product = product;
  payment.amount = Fen(10000);
  payment.policy = "seed";
  payment.create_time = kNow;
  payment.expire_time = kNow + absl::Minutes(30);
  payment.version = 1;
  return payment;
}

Payment Pending(Product product = Product::kRail) {
  return Start(Open(product), kScanned, kNow)->payment;
}

OrderFact PaidFact(std::int64_t fen = 10000, const char* order = "po-1") {
  OrderFact fact;
  fact.state = OrderFact::State::kPaid;
  fact.provider_order = order;
  fact.amount = Fen(fen);
  fact.pay_time = kNow + absl::Minutes(1);
  return fact;
}

OrderFact ClosedFact() {
  OrderFact fact = PaidFact();
  fact.state = OrderFact::State::kClosed;
  return fact;
}

Payment Paid(Product product = Product::kRail) {
  return ApplyProviderFact(Pending(product), PaidFact(), kNow)->payment;
}

RefundFact DoneFact(const Refund& refund) {
  RefundFact fact;
  fact.state = RefundFact::State::kSucceeded;
  fact.merchant_refund = MerchantRefund(refund);
  fact.provider_refund = "pr-1";
  fact.amount = refund.amount;
  fact.refund_time = kNow + absl::Hours(1);
  return fact;
}

TEST_CASE("A payment can be started while it is open and in time", "[payment]") {
  CHECK(Pending().state == PaymentState::kPending);
  CHECK(!Start(Pending(), kScanned, kNow)->changed);
  const absl::Time last = Open().expire_time - absl::Microseconds(1);
  CHECK(Start(Open(), kScanned, last).ok());
  CHECK(ReasonOf(Start(Open(), kScanned, Open().expire_time).status()) == "PAYMENT_EXPIRED");
  CHECK(ReasonOf(Start(Paid(), kScanned, kNow).status()) == "ALREADY_PAID");
  const Payment closed = Close(Open(), kNow).payment;
  CHECK(ReasonOf(Start(closed, kScanned, kNow).status()) == "PAYMENT_CLOSED");
  const Payment closing = Close(Pending(), kNow).payment;
  CHECK(ReasonOf(Start(closing, kScanned, kNow).status()) == "PAYMENT_CLOSED");
}

TEST_CASE("Money by another channel goes back by it, and the payment waits on as it was",
          "[payment][W-04][W-14][X-06]") {
  OrderFact elsewhere = PaidFact();
  elsewhere.channel = Channel::kAlipay;
  const Payment waiting = Pending();
  const auto change = ApplyProviderFact(waiting, elsewhere, kNow);
  REQUIRE(change.ok());
  CHECK(change->payment.state == PaymentState::kPending);
  CHECK(change->payment.channel == Channel::kSandbox);
  CHECK(change->payment.inquire_at == waiting.inquire_at);
  CHECK(*Left(change->payment) == Fen(0));
  REQUIRE(change->refunds.size() == 1);
  CHECK(change->refunds[0].channel == Channel::kAlipay);
  CHECK(change->refunds[0].amount == Fen(10000));
  CHECK(change->postings[0].entries[0].account == "provider_receivable:alipay");
  CHECK(!ApplyProviderFact(change->payment, elsewhere, kNow)->changed);
  // The same name of an order there and here are two orders.
  const auto paid = ApplyProviderFact(change->payment, PaidFact(), kNow);
  CHECK(paid->payment.state == PaymentState::kSucceeded);
  CHECK(*Left(paid->payment) == Fen(10000));
  CHECK(Return(paid->payment, ReturnOrder{}, kNow)->refunds[0].channel == Channel::kSandbox);
  const auto doubled = ApplyProviderFact(Paid(), elsewhere, kNow);
  CHECK(doubled->refunds[0].channel == Channel::kAlipay);
  CHECK(doubled->payment.state == PaymentState::kSucceeded);
  // Whether it can be paid there says nothing of where it was started.
  elsewhere.state = OrderFact::State::kClosed;
  CHECK(!ApplyProviderFact(Pending(), elsewhere, kNow)->changed);
}

TEST_CASE("A payment is started one way and for one payer", "[payment][wechat_pay][X-07]") {
  const PaymentWay code{Channel::kWechatPay, ""};
  const PaymentWay page{Channel::kWechatPay, "digest-1"};
  const PaymentWay other{Channel::kWechatPay, "digest-2"};
  OrderFact fact;
  fact.prepay_id = "wx1";
  fact.payer = page.payer;
  const Payment asked = Start(Open(), page, kNow)->payment;
  // Until the provider said yes to somebody, it is the provider's to decide.
  CHECK(Start(asked, other, kNow).ok());
  const Payment waiting = ApplyProviderFact(asked, fact, kNow)->payment;
  CHECK(waiting.prepay_id == "wx1");
  CHECK(waiting.payer == "digest-1");
  CHECK(!Start(waiting, page, kNow)->changed);
  CHECK(ReasonOf(Start(waiting, other, kNow).status()) == "PAYER_CHOSEN");
  CHECK(ReasonOf(Start(waiting, code, kNow).status()) == "PAYER_CHOSEN");
  CHECK(ReasonOf(Start(waiting, kScanned, kNow).status()) == "CHANNEL_CHOSEN");
  CHECK(!ApplyProviderFact(waiting, fact, kNow)->changed);
  fact.prepay_id = "wx2";
  CHECK(ApplyProviderFact(waiting, fact, kNow)->payment.prepay_id == "wx2");
  OrderFact scanned;
  scanned.code_url = "weixin://1";
  const Payment shown =
      ApplyProviderFact(Start(Open(), code, kNow)->payment, scanned, kNow)->payment;
  CHECK(ReasonOf(Start(shown, page, kNow).status()) == "PAYER_CHOSEN");
}

TEST_CASE("Expected money succeeds once, however often it is told", "[payment][X-07]") {
  const auto first = ApplyProviderFact(Pending(), PaidFact(), kNow);
  REQUIRE(first.ok());
  CHECK(first->payment.state == PaymentState::kSucceeded);
  CHECK(first->payment.pay_time == kNow + absl::Minutes(1));
  CHECK(first->postings.size() == 1);
  CHECK(first->effects.size() == 2);
  CHECK(std::get<SuccessTold>(first->effects[0]).listener == "slot");
  const auto again = ApplyProviderFact(first->payment, PaidFact(), kNow);
  CHECK(!again->changed);
  CHECK(again->postings.empty());
  CHECK(again->effects.empty());
  CHECK(!ApplyProviderFact(first->payment, ClosedFact(), kNow)->changed);
}

TEST_CASE("Money that is still to come belongs to the batch its return was asked in first",
          "[payment][W-14]") {
  ReturnOrder order;
  order.batch = "runs/rn-1";
  const Change asked = ReturnOnArrival(Pending(), order, kNow);
  CHECK(asked.payment.return_batch == "runs/rn-1");
  order.batch = "runs/rn-2";
  CHECK(ReturnOnArrival(asked.payment, order, kNow).payment.return_batch == "runs/rn-1");
  const Payment closed =
      ApplyProviderFact(Close(Pending(), kNow).payment, ClosedFact(), kNow)->payment;
  const Change late = ReturnOnArrival(closed, order, kNow);
  CHECK(late.changed);
  CHECK(ApplyProviderFact(late.payment, PaidFact(), kNow)->refunds.at(0).batch == "runs/rn-2");
  CHECK(!ReturnOnArrival(late.payment, order, kNow).changed);
}

TEST_CASE("Money nobody expects goes back whole", "[payment][W-04]") {
  struct Row {
    const char* what;
    Payment payment;
    OrderFact fact;
    PaymentState after;
  };
  const Payment closed =
      ApplyProviderFact(Close(Pending(), kNow).payment, ClosedFact(), kNow)->payment;
  ReturnOrder order;
  order.reason = RefundReason::kLate;
  order.batch = "runs/rn-1";
  const Payment unwanted = ReturnOnArrival(Pending(), order, kNow).payment;
  const std::vector<Row> rows = {
      {"after it was closed", closed, PaidFact(), PaymentState::kClosed},
      {"after a refund was asked for", unwanted, PaidFact(), PaymentState::kClosed},
      {"too little", Pending(), PaidFact(9999), PaymentState::kClosed},
      {"too much", Pending(), PaidFact(10001), PaymentState::kClosed},
      {"a second time", Paid(), PaidFact(10000, "po-2"), PaymentState::kSucceeded},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto change = ApplyProviderFact(row.payment, row.fact, kNow);
    REQUIRE(change.ok());
    CHECK(change->payment.state == row.after);
    REQUIRE(change->refunds.size() == 1);
    CHECK(change->refunds[0].amount == row.fact.amount);
    CHECK(change->refunds[0].fee == Fen(0));
    CHECK(change->refunds[0].batch == row.payment.return_batch);
    CHECK(change->effects.empty());
    CHECK(*Left(change->payment) == *Left(row.payment));
    for (const LedgerTransaction& posting : change->postings) CHECK(IsBalanced(posting));
    CHECK(!ApplyProviderFact(change->payment, row.fact, kNow)->changed);
  }
}

TEST_CASE("The provider has the last word on closing", "[payment][W-04]") {
  CHECK(Close(Open(), kNow).payment.state == PaymentState::kClosed);
  const Payment closing = Close(Pending(), kNow).payment;
  CHECK(closing.state == PaymentState::kPending);
  CHECK(closing.closing);
  CHECK(ApplyProviderFact(closing, ClosedFact(), kNow)->payment.state == PaymentState::kClosed);
  const auto faster = ApplyProviderFact(closing, PaidFact(), kNow);
  CHECK(faster->payment.state == PaymentState::kSucceeded);
  CHECK(faster->effects.size() == 2);
  CHECK(!Close(Paid(), kNow).changed);
}

TEST_CASE("An order opened at the provider after we closed is closed there too", "[payment]") {
  OrderFact missing;
  missing.state = OrderFact::State::kMissing;
  const Payment closed = ApplyProviderFact(Close(Pending(), kNow).payment, missing, kNow)->payment;
  CHECK(closed.state == PaymentState::kClosed);
  OrderFact open = PaidFact();
  open.state = OrderFact::State::kOpen;
  const Payment reopened = ApplyProviderFact(closed, open, kNow)->payment;
  CHECK(reopened.state == PaymentState::kClosed);
  CHECK(reopened.closing);
  CHECK(reopened.inquire_at == kNow);
}

TEST_CASE("A prepayment is settled once and its difference goes back once", "[payment][W-07]") {
  const Payment paid = Paid(Product::kPrepayment);
  const auto settled = Settle(paid, Fen(6000), "bookings/bk-9", kNow);
  REQUIRE(settled.ok());
  CHECK(settled->payment.fare == Fen(6000));
  CHECK(settled->payment.order == "bookings/bk-9");
  REQUIRE(settled->refunds.size() == 1);
  CHECK(settled->refunds[0].amount == Fen(4000));
  CHECK(settled->refunds[0].reason == RefundReason::kDifference);
  CHECK(!Settle(settled->payment, Fen(6000), "bookings/bk-9", kNow)->changed);
  CHECK(ReasonOf(Settle(settled->payment, Fen(5000), "bookings/bk-9", kNow).status()) ==
        "ALREADY_SETTLED");
  CHECK(ReasonOf(Settle(paid, Fen(10001), "b", kNow).status()) == "FARE_EXCEEDS_PAYMENT");
  CHECK(ReasonOf(Settle(Paid(), Fen(1), "b", kNow).status()) == "NOT_A_PREPAYMENT");
  CHECK(ReasonOf(Settle(Pending(Product::kPrepayment), Fen(1), "b", kNow).status()) ==
        "PAYMENT_NOT_PAID");
  CHECK(Settle(paid, Fen(10000), "b", kNow)->refunds.empty());
}

TEST_CASE("An ended order's prepayment goes back whole", "[payment][W-08]") {
  ReturnOrder order;
  order.reason = RefundReason::kWaitlistEnded;
  const auto change = Return(Paid(Product::kPrepayment), order, kNow);
  REQUIRE(change.ok());
  REQUIRE(change->refunds.size() == 1);
  CHECK(change->refunds[0].amount == Fen(10000));
  CHECK(change->refunds[0].fee == Fen(0));
  CHECK(*Left(change->payment) == Fen(0));
  CHECK(!Return(change->payment, order, kNow)->changed);
}

TEST_CASE("A refund never exceeds what is left", "[payment][W-13]") {
  ReturnOrder order;
  order.quote = FeeQuote{Fen(600), Fen(5400), "TEN_PERCENT", kNow};
  const auto first = Return(Paid(), order, kNow);
  CHECK(first->refunds[0].amount == Fen(5400));
  CHECK(*Left(first->payment) == Fen(4000));
  const auto second = Return(first->payment, order, kNow);
  CHECK(second->refunds[0].amount == Fen(3400));
  CHECK(second->refunds[0].fee == Fen(600));
  CHECK(*Left(second->payment) == Fen(0));
  CHECK(!Return(second->payment, order, kNow)->changed);
}

TEST_CASE("A fee that eats the whole fare is kept without a refund", "[payment][W-13]") {
  ReturnOrder order;
  order.quote = FeeQuote{Fen(10000), Fen(0), "FORFEITED", kNow};
  const auto change = Return(Paid(), order, kNow);
  CHECK(change->refunds.empty());
  CHECK(change->payment.fees == Fen(10000));
  REQUIRE(change->postings.size() == 1);
  CHECK(IsBalanced(change->postings[0]));
}

TEST_CASE("A refund is done once and told once", "[payment][W-14][X-07]") {
  const auto decided = Return(Paid(), ReturnOrder(), kNow);
  const Refund refund = decided->refunds[0];
  CHECK(refund.channel == Channel::kSandbox);
  const auto done = ApplyProviderFact(decided->payment, refund, DoneFact(refund), kNow);
  REQUIRE(done.ok());
  CHECK(done->refunds[0].state == RefundState::kSucceeded);
  CHECK(done->postings.size() == 1);
  CHECK(std::get<NoticeSent>(done->effects[0]).event == NoticeEvent::kRefunded);
  const auto again = ApplyProviderFact(done->payment, done->refunds[0], DoneFact(refund), kNow);
  CHECK(!again->changed);
  RefundFact wrong = DoneFact(refund);
  wrong.amount = Fen(1);
  CHECK(ReasonOf(ApplyProviderFact(decided->payment, refund, wrong, kNow).status()) ==
        "FACT_MISMATCH");
}

TEST_CASE("A refund the provider fails is asked anew, then somebody must look", "[payment][W-14]") {
  const auto decided = Return(Paid(), ReturnOrder(), kNow);
  Payment payment = decided->payment;
  Refund refund = decided->refunds[0];
  const RefundFact first_done = DoneFact(refund);
  for (int failures = 1; failures < kRefundGenerationsMax; ++failures) {
    RefundFact failed = DoneFact(refund);
    failed.state = RefundFact::State::kFailed;
    const auto change = ApplyProviderFact(payment, refund, failed, kNow);
    refund = change->refunds[0];
    CHECK(refund.state == RefundState::kPending);
    CHECK(refund.generation == failures + 1);
    CHECK(RefundNamedBy(MerchantRefund(refund)) == refund.id);
  }
  CHECK(!ApplyProviderFact(payment, refund, first_done, kNow)->changed);
  RefundFact failed = DoneFact(refund);
  failed.state = RefundFact::State::kFailed;
  refund = ApplyProviderFact(payment, refund, failed, kNow)->refunds[0];
  CHECK(refund.state == RefundState::kFailed);
  CHECK(!refund.ask_at.has_value());
}

}  // namespace
}  // namespace houbu::payment
