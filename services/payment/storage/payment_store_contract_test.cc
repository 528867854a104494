#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "libs/postgres/errors.h"
#include "services/payment/storage/store_subject.h"

namespace houbu::payment {
namespace {

TEMPLATE_TEST_CASE("A payment is kept as it was stored", "[payment][store]", MemoryBench,
                   PostgresBench) {
  TestType bench;
  if (!bench.ready()) return;
  Paid(bench, "py-1");
  const Payment kept = *bench.Run(bench.store().Load(PaymentId("py-1")));
  CHECK(kept.version == 3);
  CHECK(kept.state == PaymentState::kSucceeded);
  CHECK(kept.opener == "waitlist");
  CHECK(kept.order == "waitlistOrders/wo-1");
  CHECK(kept.account == "accounts/ac-1");
  CHECK(kept.product == Product::kPrepayment);
  CHECK(kept.amount == Fen(10000));
  CHECK(kept.policy == "seed");
  CHECK(kept.create_time == kNow);
  CHECK(kept.expire_time == kNow + absl::Minutes(30));
  CHECK(kept.channel == Channel::kSandbox);
  CHECK(kept.provider_order == "po-py-1");
  CHECK(kept.pay_time == kNow + absl::Seconds(5));
  CHECK(kept.captures == std::vector<std::string>{"po-py-1"});
  CHECK(kept.captured == Fen(10000));
  CHECK(!kept.fare.has_value());
  CHECK(!kept.inquire_at.has_value());
  CHECK(bench.effects() == 2);
  CHECK(ReasonOf(bench.Run(bench.store().Load(PaymentId("py-2"))).status()) == "PAYMENT_UNKNOWN");
}

TEMPLATE_TEST_CASE("Where a payment is paid is kept: a code, or whose page by what",
                   "[payment][store]", MemoryBench, PostgresBench) {
  TestType bench;
  if (!bench.ready()) return;
  PaymentStore& store = bench.store();
  REQUIRE(bench.Run(store.Insert(Opened("py-1"), Answering("", ""))).ok());
  Payment payment = *bench.Run(store.Load(PaymentId("py-1")));
  CHECK(!HasPlaceToPay(payment));
  Change started = Next(*Start(payment, PaymentWay{Channel::kWechatPay, "digest"}, kNow));
  started.payment.code_url = "weixin://1";
  started.payment.prepay_id = "wx1";
  started.payment.payer = "digest";
  REQUIRE(bench.Run(store.Commit(started, Answering("", ""))).ok());
  payment = *bench.Run(store.Load(PaymentId("py-1")));
  CHECK(payment.channel == Channel::kWechatPay);
  CHECK(payment.code_url == "weixin://1");
  CHECK(payment.prepay_id == "wx1");
  CHECK(payment.payer == "digest");
}

TEMPLATE_TEST_CASE("An answer is stored with its effect and found again", "[payment][store][X-07]",
                   MemoryBench, PostgresBench) {
  TestType bench;
  if (!bench.ready()) return;
  PaymentStore& store = bench.store();
  RequestKey key{"services/slot", "/m", "rq-1", "f"};
  CHECK(!bench.Run(store.FindAnswer(key))->has_value());
  CHECK(*bench.Run(store.Insert(Opened("py-1"), Answering("rq-1", "first"))) == "first");
  CHECK(**bench.Run(store.FindAnswer(key)) == "first");
  CHECK(*bench.Run(store.Insert(Opened("py-1"), Answering("rq-1", "second"))) == "first");
  CHECK(ReasonOf(bench.Run(store.Insert(Opened("py-1"), Answering("rq-2", "x"))).status()) ==
        "PAYMENT_EXISTS");
  key.fingerprint = "other";
  CHECK(ReasonOf(bench.Run(store.FindAnswer(key)).status()) == "REQUEST_ID_REUSED");
}

TEMPLATE_TEST_CASE("Of two changes of one version one is stored", "[payment][store][X-07]",
                   MemoryBench, PostgresBench) {
  TestType bench;
  if (!bench.ready()) return;
  PaymentStore& store = bench.store();
  const Payment paid = Paid(bench, "py-1");
  const Change settled = Next(*Settle(paid, Fen(6000), "bookings/bk-1", kNow));
  const Change returned = Next(*Return(paid, ReturnOrder(), kNow));
  CHECK(bench.Run(store.Commit(settled, Answering("rq-s", "settled"))).ok());
  CHECK(ReasonOf(bench.Run(store.Commit(returned, Answering("rq-r", "returned"))).status()) ==
        "PAYMENT_RACED");
  RequestKey key{"services/slot", "/m", "rq-r", "f"};
  CHECK(!bench.Run(store.FindAnswer(key))->has_value());
  const Payment kept = *bench.Run(store.Load(PaymentId("py-1")));
  CHECK(kept.fare == Fen(6000));
  CHECK(kept.returned == Fen(4000));
  CHECK(kept.order == "bookings/bk-1");
}

TEMPLATE_TEST_CASE("A grace is used once a person and day", "[payment][store][X-14]", MemoryBench,
                   PostgresBench) {
  TestType bench;
  if (!bench.ready()) return;
  PaymentStore& store = bench.store();
  const absl::CivilDay day(2026, 2, 28);
  CHECK(!*bench.Run(store.HasUsedGrace("accounts/ac-1", day)));
  Change first = Next(*Return(Paid(bench, "py-1"), ReturnOrder(), kNow));
  first.grace = GraceUse{"accounts/ac-1", day};
  REQUIRE(bench.Run(store.Commit(first, Answering("", ""))).ok());
  CHECK(*bench.Run(store.HasUsedGrace("accounts/ac-1", day)));
  CHECK(!*bench.Run(store.HasUsedGrace("accounts/ac-1", day + 1)));
  CHECK(!*bench.Run(store.HasUsedGrace("accounts/ac-2", day)));
  Change second = Next(*Return(Paid(bench, "py-2"), ReturnOrder(), kNow));
  second.grace = first.grace;
  CHECK(ReasonOf(bench.Run(store.Commit(second, Answering("", ""))).status()) == "PAYMENT_RACED");
  CHECK(bench.Run(store.Load(PaymentId("py-2")))->returned == Fen(0));
  second.grace->day = day + 1;
  CHECK(bench.Run(store.Commit(second, Answering("", ""))).ok());
}

TEMPLATE_TEST_CASE("Refunds are kept, changed and listed in order", "[payment][store][W-14]",
                   MemoryBench, PostgresBench) {
  TestType bench;
  if (!bench.ready()) return;
  PaymentStore& store = bench.store();
  Payment paid = Paid(bench, "py-1");
  const Change settled = Next(*Settle(paid, Fen(6000), "bookings/bk-1", kNow));
  REQUIRE(bench.Run(store.Commit(settled, Answering("", ""))).ok());
  ReturnOrder by_policy;
  by_policy.quote = FeeQuote{Fen(600), Fen(5400), "TEN_PERCENT", kNow};
  const Change returned = Next(*Return(settled.payment, by_policy, kNow));
  REQUIRE(bench.Run(store.Commit(returned, Answering("", ""))).ok());
  const Page page{"", 10};
  const std::vector<Refund> refunds = *bench.Run(store.ListRefunds(PaymentId("py-1"), page));
  REQUIRE(refunds.size() == 2);
  CHECK(refunds[0].reason == RefundReason::kDifference);
  CHECK(refunds[1].fee == Fen(600));
  const Page second{refunds[0].id.value(), 10};
  CHECK(bench.Run(store.ListRefunds(PaymentId("py-1"), second))->size() == 1);
  DueQuestion question{Channel::kSandbox, kNow, 10};
  CHECK(bench.Run(store.DueRefunds(question))->fresh.size() == 2);
  question.now = kNow - absl::Seconds(1);
  CHECK(bench.Run(store.DueRefunds(question))->fresh.empty());

  RefundFact done;
  done.state = RefundFact::State::kSucceeded;
  done.merchant_refund = MerchantRefund(refunds[0]);
  done.provider_refund = "pr-1";
  done.amount = refunds[0].amount;
  done.refund_time = kNow + absl::Hours(1);
  const Change ended = Next(*ApplyProviderFact(returned.payment, refunds[0], done, kNow));
  REQUIRE(bench.Run(store.Commit(ended, Answering("", ""))).ok());
  const Refund kept = *bench.Run(store.LoadRefund(refunds[0].id));
  CHECK(kept.state == RefundState::kSucceeded);
  CHECK(kept.refund_time == kNow + absl::Hours(1));
  question.now = kNow;
  CHECK(bench.Run(store.DueRefunds(question))->fresh.size() == 1);
  CHECK(*bench.Run(store.CountStuckRefunds(kNow)) == 0);
  CHECK(*bench.Run(store.CountStuckRefunds(kNow + absl::Seconds(1))) == 1);
}

TEMPLATE_TEST_CASE("Due refunds are found by channel, new ones and those asked apart",
                   "[payment][store][W-14]", MemoryBench, PostgresBench) {
  TestType bench;
  if (!bench.ready()) return;
  PaymentStore& store = bench.store();
  for (int i = 1; i <= 4; ++i) {
    Change change = Next(*Return(Paid(bench, absl::StrCat("py-", i)), ReturnOrder(), kNow));
    Refund& refund = change.refunds.back();
    refund.ask_at = kNow - absl::Seconds(i);
    refund.asked = i == 4;
    refund.channel = i == 1 ? Channel::kWechatPay : Channel::kSandbox;
    REQUIRE(bench.Run(store.Commit(change, Answering("", ""))).ok());
  }
  const auto payment_of = [&](const RefundId& id) {
    return bench.Run(store.LoadRefund(id))->payment.value();
  };
  const auto due = *bench.Run(store.DueRefunds(DueQuestion{Channel::kSandbox, kNow, 10}));
  REQUIRE(due.fresh.size() == 2);
  CHECK(payment_of(due.fresh[0]) == "py-3");
  CHECK(payment_of(due.fresh[1]) == "py-2");
  REQUIRE(due.asked.size() == 1);
  CHECK(payment_of(due.asked[0]) == "py-4");
  const auto one = *bench.Run(store.DueRefunds(DueQuestion{Channel::kSandbox, kNow, 1}));
  CHECK(one.fresh.size() == 1);
  const auto other = *bench.Run(store.DueRefunds(DueQuestion{Channel::kWechatPay, kNow, 10}));
  REQUIRE(other.fresh.size() == 1);
  CHECK(payment_of(other.fresh[0]) == "py-1");
}

TEMPLATE_TEST_CASE("A batch counts its refunds by where they stand", "[payment][store][W-14]",
                   MemoryBench, PostgresBench) {
  TestType bench;
  if (!bench.ready()) return;
  PaymentStore& store = bench.store();
  CHECK(bench.Run(store.Batch("runs/rn-1"))->lines.empty());
  const RefundState states[] = {RefundState::kPending, RefundState::kPending, RefundState::kPending,
                                RefundState::kSucceeded, RefundState::kFailed};
  for (int i = 0; i < 5; ++i) {
    ReturnOrder order;
    order.batch = "runs/rn-1";
    const absl::Time decided = kNow - absl::Minutes(i);
    Change change = Next(*Return(Paid(bench, absl::StrCat("py-", i)), order, decided));
    change.refunds.back().state = states[i];
    change.refunds.back().asked = i == 2;
    REQUIRE(bench.Run(store.Commit(change, Answering("", ""))).ok());
  }
  const Change other = Next(*Return(Paid(bench, "py-5"), ReturnOrder(), kNow));
  REQUIRE(bench.Run(store.Commit(other, Answering("", ""))).ok());
  CHECK(bench.Run(store.LoadRefund(other.refunds[0].id))->batch.empty());
  const BatchProgress progress = *bench.Run(store.Batch("runs/rn-1"));
  REQUIRE(progress.lines.size() == 4);
  CHECK(progress.lines[0].stage == RefundStage::kDecided);
  CHECK(progress.lines[0].refunds == 2);
  CHECK(progress.lines[0].amount == Fen(20000));
  CHECK(progress.lines[1].stage == RefundStage::kAsked);
  CHECK(progress.lines[2].stage == RefundStage::kSucceeded);
  CHECK(progress.lines[3].stage == RefundStage::kFailed);
  CHECK(progress.lines[3].refunds == 1);
  CHECK(progress.oldest_pending == kNow - absl::Minutes(2));
}

TEMPLATE_TEST_CASE("The batch of money that is still to come is kept", "[payment][store][W-14]",
                   MemoryBench, PostgresBench) {
  TestType bench;
  if (!bench.ready()) return;
  PaymentStore& store = bench.store();
  REQUIRE(bench.Run(store.Insert(Opened("py-1"), Answering("", ""))).ok());
  ReturnOrder order;
  order.batch = "runs/rn-1";
  const Change closed =
      Next(ReturnOnArrival(*bench.Run(store.Load(PaymentId("py-1"))), order, kNow));
  REQUIRE(bench.Run(store.Commit(closed, Answering("", ""))).ok());
  CHECK(bench.Run(store.Load(PaymentId("py-1")))->return_batch == "runs/rn-1");
}

TEMPLATE_TEST_CASE("Books are all of a payment at one moment, page by page",
                   "[payment][store][X-06]", MemoryBench, PostgresBench) {
  TestType bench;
  if (!bench.ready()) return;
  PaymentStore& store = bench.store();
  const Payment paid = Paid(bench, "py-1");
  const Change settled = Next(*Settle(paid, Fen(6000), "bookings/bk-1", kNow));
  REQUIRE(bench.Run(store.Commit(settled, Answering("", ""))).ok());
  Paid(bench, "py-2");
  BooksPage one;
  one.only = "py-1";
  const std::vector<PaymentBooks> books = *bench.Run(store.Books(one));
  REQUIRE(books.size() == 1);
  CHECK(books[0].payment.id == PaymentId("py-1"));
  CHECK(books[0].refunds.size() == 1);
  REQUIRE(books[0].transactions.size() == 3);
  CHECK(books[0].transactions[0].entries.size() == 2);
  CHECK(FaultsIn(books[0]).empty());
  BooksPage page;
  page.size = 1;
  CHECK((*bench.Run(store.Books(page)))[0].payment.id == PaymentId("py-1"));
  page.after = "py-1";
  CHECK((*bench.Run(store.Books(page)))[0].payment.id == PaymentId("py-2"));
  page.after = "py-2";
  CHECK(bench.Run(store.Books(page))->empty());
}

TEMPLATE_TEST_CASE("The ledger sums to zero account by account", "[payment][store][X-06]",
                   MemoryBench, PostgresBench) {
  TestType bench;
  if (!bench.ready()) return;
  PaymentStore& store = bench.store();
  const Payment paid = Paid(bench, "py-1");
  const Change settled = Next(*Settle(paid, Fen(6000), "bookings/bk-1", kNow));
  REQUIRE(bench.Run(store.Commit(settled, Answering("", ""))).ok());
  const std::vector<LedgerBalance> balances = *bench.Run(store.Balances());
  REQUIRE(balances.size() == 4);
  std::int64_t sum = 0;
  for (const LedgerBalance& balance : balances) sum += balance.balance.minor_units;
  CHECK(sum == 0);
  CHECK(balances[0].account == "customer_prepayments");
  CHECK(balances[0].balance == Fen(0));
  CHECK(balances[1].account == "fares");
  CHECK(balances[1].balance == Fen(-6000));
}

TEMPLATE_TEST_CASE("What is due is found, the most overdue first", "[payment][store]", MemoryBench,
                   PostgresBench) {
  TestType bench;
  if (!bench.ready()) return;
  PaymentStore& store = bench.store();
  for (int i = 1; i <= 3; ++i) {
    Payment payment = Opened("py-" + std::to_string(i));
    payment.create_time = kNow + absl::Seconds(i);
    payment.inquire_at = kNow - absl::Minutes(i);
    REQUIRE(bench.Run(store.Insert(payment, Answering("", ""))).ok());
  }
  const auto due = *bench.Run(store.DueInquiries(kNow, 2));
  REQUIRE(due.size() == 2);
  CHECK(due[0].value() == "py-3");
  const Page page{"", 2};
  const auto newest = *bench.Run(store.List("accounts/ac-1", page));
  REQUIRE(newest.size() == 2);
  CHECK(newest[0].id.value() == "py-3");
  const Page second{"py-2", 2};
  CHECK(bench.Run(store.List("accounts/ac-1", second))->front().id.value() == "py-1");
  CHECK(bench.Run(store.List("accounts/ac-2", page))->empty());
}

TEMPLATE_TEST_CASE("A callback is kept once", "[payment][store][X-07]", MemoryBench,
                   PostgresBench) {
  TestType bench;
  if (!bench.ready()) return;
  RawNotice notice;
  notice.nonce = "n-1";
  notice.event_id = "ev-1";
  notice.kind = "ORDER_PAID";
  notice.subject = "py-1";
  notice.body = std::string("{\"\\u0000\":\0}", 11);
  notice.receive_time = kNow;
  CHECK(bench.Run(bench.store().KeepNotice(notice)).ok());
  CHECK(ReasonOf(bench.Run(bench.store().KeepNotice(notice))) == "REPLAYED");
  notice.nonce = "n-2";
  CHECK(bench.Run(bench.store().KeepNotice(notice)).ok());
}

}  // namespace
}  // namespace houbu::payment
