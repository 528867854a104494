// Random histories of a payment: facts doubled, reordered and late, a provider that goes away and
// loses answers, requests repeated, races lost. Whatever happens, no fen appears or disappears.
#include <map>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "services/payment/app/world_subject.h"

namespace houbu::payment {
namespace {

class History final {
 public:
  explicit History(unsigned seed) : random_(seed) {}

  void Run() {
    const int payments = Pick(3) + 1;
    for (int i = 1; i <= payments; ++i) {
      const Product product = Pick(2) == 0 ? Product::kPrepayment : Product::kRail;
      const std::string id = absl::StrCat("py-", i);
      ids_.push_back(world_.Open(id, 100 * (Pick(200) + 1) + Pick(100), product));
    }
    const int steps = 10 + Pick(40);
    for (int step = 0; step < steps; ++step) {
      Step(ids_[static_cast<std::size_t>(Pick(payments))]);
      CheckLaws();
    }
    ComeToRest();
    CheckLaws();
    CheckRest();
  }

 private:
  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  void Step(const PaymentId& id) {
    world_.provider.away = Pick(8) == 0;
    world_.provider.loses_answers = Pick(8) == 0;
    if (Pick(6) == 0) world_.store.LoseRaces(Pick(3));
    const std::string request = absl::StrCat("rq-", id.value(), "-", Pick(4));
    switch (Pick(11)) {
      case 0:
      case 1:
        (void)world_.Start(id, "start-" + request);
        break;
      case 2:
      case 3:
        PayAt(id);
        break;
      case 4:
        (void)world_.Close(id, "close-" + request);
        break;
      case 5:
        (void)world_.GiveBack(id, RefundReason::kCancelled, Facts(id), "cancel-" + request);
        break;
      case 6:
        if (Pick(3) == 0) (void)world_.GiveBack(id, RefundReason::kLate, {}, "late-" + request);
        break;
      case 7:
        Settle(id, request);
        break;
      case 8:
        EndARefund();
        break;
      case 9:
        world_.clock.Advance(absl::Seconds(Pick(900)));
        (void)testing::RunTask(world_.inquiry.Round());
        (void)testing::RunTask(world_.dispatch.Round());
        break;
      case 10:
        TellAgain();
        break;
    }
    world_.provider.away = false;
    world_.provider.loses_answers = false;
    world_.store.LoseRaces(0);
  }

  // The payer pays what the provider knows of; the callback comes now, later, twice or never.
  void PayAt(const PaymentId& id) {
    const auto known = testing::RunTask(world_.provider.Query(id));
    if (!known.ok() || known->state == OrderFact::State::kMissing) return;
    orders_.emplace_back(id, world_.provider.Pay(id, world_.clock.Now()));
    if (Pick(2) == 0) (void)world_.CallBack(id, orders_.back().second);
  }

  void Settle(const PaymentId& id, const std::string& request) {
    const Payment& payment = world_.Of(id);
    if (payment.product != Product::kPrepayment) return;
    const std::int64_t part = payment.amount.minor_units * (Pick(4) + 1) / 4;
    (void)world_.Settle(id, part, "settle-" + request);
  }

  void EndARefund() {
    if (world_.provider.refunds().empty()) return;
    auto chosen = world_.provider.refunds().begin();
    std::advance(chosen, Pick(static_cast<int>(world_.provider.refunds().size())));
    const std::string name = chosen->first;
    const RefundFact fact = world_.provider.EndRefund(name, Pick(4) != 0, world_.clock.Now());
    const auto refund = world_.store.refunds().find(RefundNamedBy(name)->value());
    if (refund == world_.store.refunds().end()) return;
    refunds_.emplace_back(refund->second.payment, fact);
    if (Pick(2) == 0) (void)world_.CallBack(refund->second.payment, fact);
  }

  // An old callback comes again.
  void TellAgain() {
    if (!orders_.empty()) {
      const auto& [id, fact] =
          orders_[static_cast<std::size_t>(Pick(static_cast<int>(orders_.size())))];
      (void)world_.CallBack(id, fact);
    }
    if (!refunds_.empty()) {
      const auto& [id, fact] =
          refunds_[static_cast<std::size_t>(Pick(static_cast<int>(refunds_.size())))];
      (void)world_.CallBack(id, fact);
    }
  }

  FareFacts Facts(const PaymentId& id) {
    FareFacts facts;
    facts.fare = Fen(world_.Of(id).amount.minor_units / (Pick(3) + 1));
    facts.cancel_time = world_.clock.Now();
    facts.departure_time = world_.clock.Now() + absl::Hours(Pick(24 * 20));
    return facts;
  }

  void CheckLaws() {
    std::int64_t sum = 0;
    const auto balances = testing::RunTask(world_.store.Balances());
    for (const LedgerBalance& line : *balances) {
      sum += line.balance.minor_units;
    }
    REQUIRE(sum == 0);
    std::int64_t captured = 0;
    std::int64_t returned = 0;
    for (const auto& [id, payment] : world_.store.payments()) {
      REQUIRE(Left(payment)->minor_units >= 0);
      captured += payment.captured.minor_units;
      returned += payment.returned.minor_units;
      std::int64_t refunds = 0;
      for (const auto& [refund_id, refund] : world_.store.refunds()) {
        if (refund.payment == payment.id) refunds += refund.amount.minor_units;
      }
      REQUIRE(payment.returned == Fen(refunds));
    }
    const std::int64_t kept = -world_.store.Balance("customer_prepayments") -
                              world_.store.Balance("fares") - world_.store.Balance("fees");
    REQUIRE(captured == kept + returned);
    REQUIRE(world_.provider.refunded <= world_.provider.paid);
  }

  // Everybody answers again and no callback comes: asking alone settles everything.
  void ComeToRest() {
    for (int round = 0; round < 16; ++round) {
      world_.clock.Advance(absl::Hours(2));
      (void)testing::RunTask(world_.dispatch.Round());
      for (const auto& [name, refund] : std::map(world_.provider.refunds())) {
        world_.provider.EndRefund(name, true, world_.clock.Now());
      }
      (void)testing::RunTask(world_.inquiry.Round());
    }
  }

  void CheckRest() {
    // Our books are the provider's.
    REQUIRE(world_.store.Balance("provider_receivable:sandbox") +
                world_.store.Balance("refunds_payable:sandbox") ==
            world_.provider.paid - world_.provider.refunded - Stuck());
    for (const PaymentBooks& books : *testing::RunTask(world_.store.Books(BooksPage{}))) {
      REQUIRE(FaultsIn(books) == std::vector<std::string>{});
    }
    for (const auto& [id, payment] : world_.store.payments()) {
      REQUIRE(payment.state != PaymentState::kPending);
      int told = 0;
      for (const Effect& effect : world_.store.effects()) {
        const SuccessTold* success = std::get_if<SuccessTold>(&effect);
        told += success != nullptr && success->payment == NameOf(payment.id);
      }
      REQUIRE(told == (payment.state == PaymentState::kSucceeded ? 1 : 0));
      // Who got no use of the money has it back, or has it coming.
      if (payment.state == PaymentState::kClosed) REQUIRE(*Left(payment) == Fen(0));
    }
  }

  std::int64_t Stuck() const {
    std::int64_t stuck = 0;
    for (const auto& [id, refund] : world_.store.refunds()) {
      REQUIRE(refund.state != RefundState::kPending);
      if (refund.state == RefundState::kFailed) stuck += refund.amount.minor_units;
    }
    return stuck;
  }

  std::mt19937 random_;
  TestWorld world_;
  std::vector<PaymentId> ids_;
  std::vector<std::pair<PaymentId, OrderFact>> orders_;
  std::vector<std::pair<PaymentId, RefundFact>> refunds_;
};

TEST_CASE("Whatever order the facts come in, what was captured is kept or refunded",
          "[payment][property][X-06][X-07][W-04][W-07]") {
  const unsigned first = std::random_device{}();
  for (unsigned i = 0; i < 400; ++i) {
    const unsigned seed = first + i;
    CAPTURE(seed);
    History(seed).Run();
  }
}

}  // namespace
}  // namespace houbu::payment
