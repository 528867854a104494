/// Reconciliation on a real database with a provider in memory, for tests.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "libs/base/civil.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/sequential_id_source.h"
#include "services/payment/app/memory_provider.h"
#include "services/payment/app/proposals.h"
#include "services/payment/app/reconciling.h"
#include "services/payment/domain/refusals.h"
#include "services/payment/storage/postgres_case_store.h"
#include "services/payment/storage/postgres_reconciliation_store.h"
#include "services/payment/storage/store_subject.h"

namespace houbu::payment {

/// Bills that a test writes.
class WrittenBills final : public Bills {
 public:
  Task<Statement> Fetch(absl::CivilDay day) override {
    if (!failure.ok()) co_return failure;
    const auto found = by_day.find(day);
    if (found == by_day.end()) co_return Refuse(kNoBill);
    co_return found->second;
  }

  /// The bills there are.
  std::map<absl::CivilDay, Statement> by_day;
  /// What asking fails with.
  absl::Status failure;
};

/// A payment service that reconciles; not ready where there is no PostgreSQL. Its clock stands at
/// noon of 2 March 2026 in Beijing.
class ReconciliationSubject final {
 public:
  /// The day whose bill is tested.
  static constexpr absl::CivilDay kDay{2026, 3, 2};

  ReconciliationSubject() {
    clock.Set(absl::FromCivil(absl::CivilHour(2026, 3, 2, 12), RailwayZone()));
    if (!bench.ready()) return;
    reconciliations = std::make_unique<PostgresReconciliationStore>(bench.pool(), ids);
    cases = std::make_unique<PostgresCaseStore>(bench.pool(), ids);
    facts = std::make_unique<FactApplication>(bench.store(), clock, providers);
    findings = std::make_unique<Findings>(*reconciliations, *cases, clock, providers, *facts);
    bill_comparison = std::make_unique<BillComparison>(
        *reconciliations, BillsByChannel{{Channel::kAlipay, &bills}}, *findings);
    inquiries = std::make_unique<InquiryComparison>(*reconciliations, providers, *findings);
    reconciling = std::make_unique<Reconciling>(
        *reconciliations, clock, std::vector<Channel>{Channel::kAlipay}, *bill_comparison,
        *inquiries, ReconciliationSchedule());
    proposals = std::make_unique<Proposals>(*cases, bench.store(), clock, ids);
  }

  /// Tells whether there is a server.
  bool ready() const { return bench.ready(); }

  /// Runs a task to its end.
  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return bench.Run(std::move(task));
  }

  /// A payment of so many fen that its provider waits for.
  PaymentId Started(const std::string& id, std::int64_t fen) {
    Payment payment;
    payment.id = PaymentId(id);
    payment.opener = "slot";
    payment.order = "bookings/bk-1";
    payment.account = "accounts/ac-1";
    payment.amount = Fen(fen);
    payment.policy = "seed";
    payment.create_time = clock.Now();
    payment.expire_time = clock.Now() + absl::Minutes(30);
    payment.version = 1;
    Commitment commitment;
    commitment.now = clock.Now();
    REQUIRE(Run(bench.store().Insert(payment, commitment)).ok());
    Store(*Start(payment, PaymentWay{Channel::kAlipay, ""}, clock.Now()));
    OrderRequest request;
    request.payment = payment.id;
    request.amount = payment.amount;
    REQUIRE(Run(provider.Create(request)).ok());
    return payment.id;
  }

  /// A payment that was paid, with or without our hearing of it.
  PaymentId Paid(const std::string& id, std::int64_t fen, bool heard = true) {
    const PaymentId payment = Started(id, fen);
    const OrderFact fact = provider.Pay(payment, clock.Now());
    if (heard) REQUIRE(Run(facts->Apply(payment, fact, "")).ok());
    return payment;
  }

  /// Gives a payment's money back, with or without our hearing that it is done; its refund's name.
  std::string GivenBack(const PaymentId& id, bool heard = true) {
    const Change change = *Return(Of(id), ReturnOrder(), clock.Now());
    Store(change);
    const std::string name = MerchantRefund(change.refunds.back());
    RefundRequest request;
    request.merchant_refund = name;
    request.payment = id;
    request.amount = change.refunds.back().amount;
    const auto asked = Run(provider.Refund(request));
    REQUIRE(Run(facts->Apply(id, *asked, "")).ok());
    const RefundFact fact = provider.EndRefund(name, true, clock.Now());
    if (heard) REQUIRE(Run(facts->Apply(id, fact, "")).ok());
    return name;
  }

  /// The payment as it is.
  Payment Of(const PaymentId& id) { return *Run(bench.store().Load(id)); }

  /// Writes a line into the day's bill.
  StatementLine& Bill(const PaymentId& id, std::int64_t fen, const std::string& refund = "") {
    StatementLine line;
    line.movement = refund.empty() ? Movement::kPayment : Movement::kRefund;
    line.provider_order = absl::StrCat("po-", id.value());
    line.reference = id.value();
    line.payment = id;
    line.merchant_refund = refund;
    line.amount = Fen(fen);
    line.time = clock.Now();
    Statement& day = bills.by_day[kDay];
    day.push_back(std::move(line));
    return day.back();
  }

  /// Has the day's bill, or the hour around now, compared; the reconciliation afterwards.
  Reconciliation Reconcile(bool by_bill) {
    ReconciliationOrder order;
    order.channel = Channel::kAlipay;
    if (by_bill) order.bill_day = kDay;
    order.from = clock.Now() - absl::Hours(1);
    order.to = clock.Now() + absl::Hours(1);
    Mutation<Reconciliation> mutation;
    mutation.key = Key();
    mutation.render = [](const Reconciliation& made) { return made.id.value(); };
    const ReconciliationId id(*Run(reconciling->Ask(order, mutation)));
    Work();
    return *Run(reconciliations->Load(id));
  }

  /// Rounds enough for all that is due.
  void Work() {
    for (int round = 0; round < 5; ++round) REQUIRE(Run(reconciling->Round()).ok());
  }

  /// The open cases, "CLASS subject ours theirs" each.
  std::vector<std::string> Open() {
    std::vector<std::string> shown;
    for (const Case& each : *Run(cases->ListCases(CaseFilter(), Page()))) {
      const Difference& found = each.difference;
      shown.push_back(absl::StrCat(NameOf(found.difference_class), " ", found.subject, " ",
                                   Minor(found.ours), " ", Minor(found.theirs)));
    }
    return shown;
  }

  /// The key of a new request.
  RequestKey Key() { return RequestKey{"services/test", "/m", absl::StrCat("rq-", ++keys), "f"}; }

  /// A mutation whose answer is the proposal's id.
  Mutation<Proposal> ForProposal() {
    Mutation<Proposal> mutation;
    mutation.key = Key();
    mutation.render = [](const Proposal& proposal) { return proposal.id.value(); };
    return mutation;
  }

  testing::ManualClock clock;
  testing::SequentialIdSource ids;
  PostgresBench bench;
  MemoryProvider provider;
  WrittenBills bills;
  Providers providers{{Channel::kAlipay, &provider}};
  std::unique_ptr<PostgresReconciliationStore> reconciliations;
  std::unique_ptr<PostgresCaseStore> cases;
  std::unique_ptr<FactApplication> facts;
  std::unique_ptr<Findings> findings;
  std::unique_ptr<BillComparison> bill_comparison;
  std::unique_ptr<InquiryComparison> inquiries;
  std::unique_ptr<Reconciling> reconciling;
  std::unique_ptr<Proposals> proposals;
  int keys = 0;

 private:
  static std::string Minor(const std::optional<Money>& amount) {
    return amount.has_value() ? absl::StrCat(amount->minor_units) : "-";
  }

  void Store(Change change) {
    ++change.payment.version;
    Commitment commitment;
    commitment.now = clock.Now();
    REQUIRE(Run(bench.store().Commit(std::move(change), commitment)).ok());
  }
};

}  // namespace houbu::payment
