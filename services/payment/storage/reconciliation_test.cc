// Reconciliation and its cases on a real database, with a provider in memory.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "services/payment/storage/reconciliation_subject.h"

namespace houbu::payment {
namespace {

using Strings = std::vector<std::string>;

CaseId FirstCase(ReconciliationSubject& subject) {
  return subject.Run(subject.cases->ListCases(CaseFilter(), Page()))->front().id;
}

absl::StatusOr<std::string> Decide(ReconciliationSubject& subject, const std::string& proposal,
                                   const std::string& person, bool approve = true) {
  DecisionCommand command;
  command.id = ProposalId(proposal);
  command.decision = Decision{approve, person, "seen"};
  return subject.Run(subject.proposals->Decide(command, subject.ForProposal()));
}

std::int64_t BalanceOf(ReconciliationSubject& subject, const std::string& account) {
  for (const LedgerBalance& line : *subject.Run(subject.bench.store().Balances())) {
    if (line.account == account) return line.balance.minor_units;
  }
  return 0;
}

TEST_CASE("A bill that agrees leaves nothing to do", "[payment][reconciliation][X-06]") {
  ReconciliationSubject subject;
  if (!subject.ready()) return;
  const PaymentId first = subject.Paid("py-1", 10000);
  const PaymentId second = subject.Paid("py-2", 5000);
  const std::string refund = subject.GivenBack(second);
  subject.Bill(first, 10000);
  subject.Bill(second, 5000);
  subject.Bill(second, 5000, refund);
  const Reconciliation done = subject.Reconcile(true);
  CHECK(done.finish_time.has_value());
  CHECK(!done.due_time.has_value());
  CHECK(done.compared == 3);
  CHECK(done.repaired == 0);
  CHECK(done.cases == 0);
  CHECK(subject.Open().empty());
}

TEST_CASE("What the bill has and we never heard of is asked for and booked",
          "[payment][reconciliation][X-06][W-14]") {
  ReconciliationSubject subject;
  if (!subject.ready()) return;
  const PaymentId first = subject.Paid("py-1", 10000, false);
  const PaymentId second = subject.Paid("py-2", 5000);
  const std::string refund = subject.GivenBack(second, false);
  subject.Bill(first, 10000);
  subject.Bill(second, 5000);
  subject.Bill(second, 5000, refund);
  const Reconciliation done = subject.Reconcile(true);
  CHECK(done.repaired == 2);
  CHECK(done.cases == 0);
  CHECK(subject.Of(first).state == PaymentState::kSucceeded);
  CHECK(BalanceOf(subject, "refunds_payable:alipay") == 0);
  CHECK(BalanceOf(subject, "provider_receivable:alipay") == 10000);
  const Reconciliation again = subject.Reconcile(true);
  CHECK(again.id == done.id);
  CHECK(again.repaired == 0);
}

TEST_CASE("What no fact settles is left to people, once however often it is seen",
          "[payment][reconciliation][X-06]") {
  ReconciliationSubject subject;
  if (!subject.ready()) return;
  const PaymentId wrong = subject.Paid("py-1", 10000);
  subject.Paid("py-2", 700);  // not in the bill
  const PaymentId refunded = subject.Paid("py-3", 800);
  const std::string unstated = subject.GivenBack(refunded);
  subject.Bill(wrong, 9900);
  subject.Bill(refunded, 800);
  subject.Bill(PaymentId(), 4321).reference = "stranger";
  const Strings expected = {"AMOUNT po-py-1 10000 9900", "MISSING_THERE po-py-2 700 -",
                            "MISSING_THERE " + unstated + " 800 -", "UNKNOWN_ORDER po- - 4321"};
  const Reconciliation done = subject.Reconcile(true);
  CHECK(done.compared == 3);
  CHECK(done.cases == 4);
  Strings open = subject.Open();
  std::sort(open.begin(), open.end());
  CHECK(open == expected);
  CHECK(subject.Reconcile(true).cases == 4);
  CHECK(subject.Open().size() == 4);
  const auto counts = *subject.Run(subject.cases->CountOpen());
  CHECK(counts.size() == 3);
}

TEST_CASE("A bill that is late, cut off or out of reach is tried again; of a quiet day none is due",
          "[payment][reconciliation][X-06]") {
  ReconciliationSubject subject;
  if (!subject.ready()) return;
  CHECK(subject.Reconcile(true).finish_time.has_value());
  const PaymentId paid = subject.Paid("py-1", 10000);
  const Reconciliation late = subject.Reconcile(true);
  CHECK(late.failure == "BILL_MISSING");
  CHECK(late.due_time == subject.clock.Now() + absl::Minutes(5));
  subject.bills.failure = absl::UnavailableError("away");
  CHECK(subject.Reconcile(true).failure == "UNAVAILABLE");
  CHECK(subject.Open().empty());
  subject.bills.failure = absl::OkStatus();
  subject.Bill(paid, 10000);
  subject.clock.Advance(absl::Minutes(5));
  subject.Work();
  const Reconciliation done = *subject.Run(subject.reconciliations->Load(late.id));
  CHECK(done.failure.empty());
  CHECK(done.compared == 1);
}

TEST_CASE("A bill that is read again replaces what it said before",
          "[payment][reconciliation][X-06]") {
  ReconciliationSubject subject;
  if (!subject.ready()) return;
  const PaymentId paid = subject.Paid("py-1", 10000);
  subject.Bill(paid, 10000);
  subject.Bill(paid, 10000);
  CHECK(subject.Reconcile(true).cases == 1);
  subject.bills.by_day[ReconciliationSubject::kDay].pop_back();
  CHECK(subject.Reconcile(true).cases == 0);
  // The case does not close by itself: a person says why.
  CHECK(subject.Open() == Strings{"AMOUNT po-py-1 10000 20000"});
}

TEST_CASE("Money nobody expected is looked for in the bills a day later",
          "[payment][reconciliation][X-06][W-04]") {
  ReconciliationSubject subject;
  if (!subject.ready()) return;
  const PaymentId paid = subject.Paid("py-1", 10000);
  OrderFact second;
  second.state = OrderFact::State::kPaid;
  second.provider_order = "po-second";
  second.amount = Fen(10000);
  second.pay_time = subject.clock.Now();
  REQUIRE(subject.Run(subject.facts->Apply(paid, second, "")).ok());
  subject.Bill(paid, 10000);
  CHECK(subject.Reconcile(true).cases == 0);
  const Stretch next{Channel::kAlipay, StartOfDay(ReconciliationSubject::kDay + 1, RailwayZone()),
                     StartOfDay(ReconciliationSubject::kDay + 2, RailwayZone())};
  const auto booked = *subject.Run(subject.reconciliations->BookedButNotStated(next, Booked(), 10));
  REQUIRE(booked.size() == 1);
  CHECK(booked.front().subject == "po-second");
  CHECK(booked.front().amount == Fen(10000));
}

TEST_CASE("An hour is compared by asking about each of its payments, in steps",
          "[payment][reconciliation][X-06]") {
  ReconciliationSubject subject;
  if (!subject.ready()) return;
  for (int i = 10; i < 50; ++i) subject.Paid(absl::StrCat("py-", i), 1000, i % 2 == 0);
  subject.GivenBack(PaymentId("py-10"), false);
  const Reconciliation run = subject.Reconcile(false);
  CHECK(run.finish_time.has_value());
  CHECK(run.compared == 40);
  CHECK(run.repaired == 21);
  CHECK(run.cases == 0);
  CHECK(BalanceOf(subject, "provider_receivable:alipay") == 39 * 1000);
}

TEST_CASE("While a provider is away nothing is decided and the comparison goes on later",
          "[payment][reconciliation][X-06]") {
  ReconciliationSubject subject;
  if (!subject.ready()) return;
  subject.Paid("py-1", 1000, false);
  subject.provider.away = true;
  const Reconciliation run = subject.Reconcile(false);
  CHECK(run.failure == "UNAVAILABLE");
  CHECK(subject.Open().empty());
  subject.provider.away = false;
  subject.clock.Advance(absl::Minutes(5));
  subject.Work();
  CHECK(subject.Run(subject.reconciliations->Load(run.id))->repaired == 1);
}

TEST_CASE("A case closes with a posting or a waiver that a second person approved",
          "[payment][reconciliation][proposal][X-06]") {
  ReconciliationSubject subject;
  if (!subject.ready()) return;
  subject.Bill(PaymentId(), 4321).reference = "stranger";
  subject.Reconcile(true);
  ClosingCommand command;
  command.closes = FirstCase(subject);
  command.adjustment = Adjustment{"provider_receivable:alipay", "suspense:alipay", Fen(4321)};
  command.reason = "paid at the counter";
  CHECK(ReasonOf(subject.Run(subject.proposals->ProposeClosing(command, subject.ForProposal()))
                     .status()) == "PERSON_NEEDED");
  command.person = "first";
  const std::string made =
      *subject.Run(subject.proposals->ProposeClosing(command, subject.ForProposal()));
  command.adjustment.reset();
  const std::string other =
      *subject.Run(subject.proposals->ProposeClosing(command, subject.ForProposal()));
  CHECK(BalanceOf(subject, "suspense:alipay") == 0);
  CHECK(ReasonOf(Decide(subject, made, "first").status()) == "OWN_PROPOSAL");
  CHECK(ReasonOf(Decide(subject, made, "").status()) == "PERSON_NEEDED");
  CHECK(subject.Open().size() == 1);

  REQUIRE(Decide(subject, made, "second").ok());
  CHECK(subject.Open().empty());
  CHECK(BalanceOf(subject, "provider_receivable:alipay") == 4321);
  CHECK(BalanceOf(subject, "suspense:alipay") == -4321);
  const Case closed = *subject.Run(subject.cases->LoadCase(command.closes));
  CHECK(closed.posting == closed.id.value() + ":adjusted");
  CHECK(closed.proposal == made);
  CHECK(ReasonOf(Decide(subject, made, "second").status()) == "PROPOSAL_DECIDED");
  CHECK(ReasonOf(Decide(subject, other, "second").status()) == "CASE_CLOSED");
  CHECK(ReasonOf(subject.Run(subject.proposals->ProposeClosing(command, subject.ForProposal()))
                     .status()) == "CASE_CLOSED");
  // Seen again it stays closed.
  CHECK(subject.Reconcile(true).cases == 0);
}

TEST_CASE("A case that a fact settled after all closes with that fact's posting",
          "[payment][reconciliation][X-06]") {
  ReconciliationSubject subject;
  if (!subject.ready()) return;
  const PaymentId paid = subject.Started("py-1", 10000);
  subject.Bill(paid, 10000);
  CHECK(subject.Reconcile(true).cases == 1);  // Asked, the provider still says it waits.
  subject.provider.Pay(paid, subject.clock.Now());
  CHECK(subject.Reconcile(true).repaired == 1);
  CHECK(subject.Open().empty());
  CaseFilter all;
  all.with_closed = true;
  const Case closed = subject.Run(subject.cases->ListCases(all, Page()))->front();
  CHECK(closed.posting == "py-1:captured:po-py-1");
  CHECK(closed.proposal.empty());
}

TEST_CASE("Money goes back by hand only with two people, never more than is left",
          "[payment][proposal][X-06][X-07][W-14]") {
  ReconciliationSubject subject;
  if (!subject.ready()) return;
  HandRefundCommand command;
  command.payment = subject.Paid("py-1", 10000);
  command.amount = Fen(10001);
  command.reason = "the air conditioning failed";
  command.person = "first";
  const auto propose = [&] {
    return subject.Run(subject.proposals->ProposeRefund(command, subject.ForProposal()));
  };
  CHECK(ReasonOf(propose().status()) == "REFUND_ABOVE_REST");
  command.amount = Fen(6000);
  const std::string made = *propose();
  const std::string twin = *propose();
  CHECK(subject.Of(command.payment).returned == Fen(0));
  CHECK(ReasonOf(Decide(subject, made, "first").status()) == "OWN_PROPOSAL");
  REQUIRE(Decide(subject, made, "second").ok());
  CHECK(subject.Of(command.payment).returned == Fen(6000));
  CHECK(ReasonOf(Decide(subject, made, "third").status()) == "PROPOSAL_DECIDED");
  // By now only 40 yuan are left.
  CHECK(ReasonOf(Decide(subject, twin, "second").status()) == "REFUND_ABOVE_REST");
  REQUIRE(Decide(subject, twin, "first", false).ok());
  CHECK(subject.Of(command.payment).returned == Fen(6000));
  CHECK(subject.Run(subject.proposals->List(false, Page()))->empty());
  CHECK(subject.Run(subject.proposals->List(true, Page()))->size() == 2);
}

}  // namespace
}  // namespace houbu::payment
