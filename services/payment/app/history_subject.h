/// A random history of a payment service: what its callers, payers and providers do to it, one by
/// one and side by side, while it loses answers and dies between any two writes.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "libs/async/together.h"
#include "services/payment/app/world_subject.h"

namespace houbu::payment {

/// One history; the same seed gives the same one.
class History final {
 public:
  /// Opens one to three payments.
  explicit History(unsigned seed) : random_(seed) {
    const int payments = Pick(3) + 1;
    for (int i = 1; i <= payments; ++i) {
      const Product product = Pick(2) == 0 ? Product::kPrepayment : Product::kRail;
      const std::int64_t fen = 100 * (Pick(200) + 1) + Pick(100);
      ids_.push_back(world_.Open(absl::StrCat("py-", i), fen, product));
    }
  }

  /// Where it happens.
  TestWorld& world() { return world_; }

  /// How many steps it has.
  int Length() { return 10 + Pick(40); }

  /// Something happens to one of the payments.
  void Step() {
    const PaymentId& id = ids_[static_cast<std::size_t>(Pick(static_cast<int>(ids_.size())))];
    for (MemoryProvider* provider : {&world_.provider, &world_.elsewhere}) {
      provider->away = Pick(8) == 0;
      provider->loses_answers = Pick(8) == 0;
    }
    if (Pick(6) == 0) world_.store.LoseRaces(Pick(3));
    if (Pick(4) == 0) world_.life.EndAfter(Pick(8));
    if (Pick(4) == 0) {
      HappenAtOnce(id);
    } else {
      Happen(id);
    }
    REQUIRE(!contradicted_);
    world_.Restart();
    for (MemoryProvider* provider : {&world_.provider, &world_.elsewhere}) {
      provider->away = false;
      provider->loses_answers = false;
    }
    world_.store.LoseRaces(0);
  }

  /// Everybody answers again. Callbacks of the channel a payment was started on stay lost: asking
  /// alone settles it. The other channel is not asked, so it repeats what it was not thanked for.
  void ComeToRest() {
    for (const auto& [id, fact] : elsewhere_) Tell(id, fact, Channel::kWechatPay);
    for (int round = 0; round < 16; ++round) {
      world_.clock.Advance(absl::Hours(2));
      Work();
      for (MemoryProvider* provider : {&world_.provider, &world_.elsewhere}) {
        for (const auto& [name, refund] : std::map(provider->refunds())) {
          provider->EndRefund(name, true, world_.clock.Now());
        }
      }
    }
  }

 private:
  using OrderTold = std::pair<PaymentId, OrderFact>;
  struct RefundTold {
    PaymentId payment;
    RefundFact fact;
    Channel channel;
  };

  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  template <class T>
  const T& PickOf(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(Pick(static_cast<int>(all.size())))];
  }

  void Happen(const PaymentId& id) {
    const std::string request = absl::StrCat(id.value(), "-", Pick(4));
    switch (Pick(14)) {
      case 0:
      case 1:
        Ask("start-" + request, [&](std::string key) { return world_.Start(id, key); });
        break;
      case 2:
      case 3:
        PayAt(id);
        break;
      case 4:
        Ask("close-" + request, [&](std::string key) { return world_.Close(id, key); });
        break;
      case 5:
        Cancel(id, request);
        break;
      case 6:
        if (Pick(3) == 0) ReturnLate(id, request);
        break;
      case 7:
        Settle(id, request);
        break;
      case 8:
        EndARefund(world_.provider, Channel::kSandbox);
        break;
      case 9:
        world_.clock.Advance(absl::Seconds(Pick(900)));
        Work();
        break;
      case 10:
        TellAgain();
        break;
      case 11:
        PayElsewhere(id);
        break;
      case 12:
        EndARefund(world_.elsewhere, Channel::kWechatPay);
        break;
      case 13:
        TellWrong(id);
        break;
    }
  }

  void Work() {
    (void)testing::RunTask(world_.inquiry.Round());
    (void)testing::RunTask(world_.dispatch.Round());
    (void)testing::RunTask(world_.dispatch_elsewhere.Round());
  }

  // Several things are done to one payment at once.
  void HappenAtOnce(const PaymentId& id) {
    std::vector<std::function<Task<void>()>> deeds;
    for (int count = 2 + Pick(2); count > 0; --count) deeds.push_back(Deed(id));
    // A loop's rounds never overlap each other.
    if (Pick(3) == 0) deeds.emplace_back([this] { return world_.inquiry.Round(); });
    if (Pick(3) == 0) deeds.emplace_back([this] { return world_.dispatch.Round(); });
    (void)testing::RunTask(async::Together(std::move(deeds)));
  }

  std::function<Task<void>()> Deed(const PaymentId& id) {
    const std::string request = absl::StrCat(id.value(), "-", Pick(4));
    const FareFacts facts = Facts(id);
    const std::int64_t part = world_.Of(id).amount.minor_units * (Pick(4) + 1) / 4;
    switch (Pick(8)) {
      case 1:
        return [=, this] {
          const std::string key = "close-" + request;
          return Hear(key, world_.Closing(id, key));
        };
      case 2:
        return [=, this] {
          const std::string key = "cancel-" + request;
          return Hear(key, world_.GivingBack(id, RefundReason::kCancelled, facts, key));
        };
      case 3:
        return [=, this] {
          const std::string key = "late-" + request;
          return Hear(key, world_.GivingBack(id, RefundReason::kLate, std::nullopt, key));
        };
      case 4:
        return [=, this] {
          const std::string key = "settle-" + request;
          return Hear(key, world_.Settling(id, part, key));
        };
      case 5:
        if (!orders_.empty()) {
          const OrderTold old = PickOf(orders_);
          return [=, this] { return world_.CallingBack(old.first, old.second, Channel::kSandbox); };
        }
        break;
      case 6:
        if (!refunds_.empty()) {
          const RefundTold old = PickOf(refunds_);
          return [=, this] { return world_.CallingBack(old.payment, old.fact, old.channel); };
        }
        break;
    }
    return [=, this] {
      const std::string key = "start-" + request;
      return Hear(key, world_.Starting(id, key));
    };
  }

  // What two callers of one request hear does not differ.
  Task<void> Hear(std::string request, Task<std::string> asked) {
    const absl::StatusOr<std::string> answer = co_await std::move(asked);
    if (!answer.ok()) co_return answer.status();
    if (answers_.emplace(request, *answer).first->second != *answer) contradicted_ = true;
    co_return absl::OkStatus();
  }

  // All that a request can change here.
  std::vector<std::int64_t> Traces() const {
    std::vector<std::int64_t> traces;
    for (const auto& [id, payment] : world_.store.payments()) traces.push_back(payment.version);
    traces.push_back(static_cast<std::int64_t>(world_.store.ledger().size()));
    traces.push_back(static_cast<std::int64_t>(world_.store.refunds().size()));
    traces.push_back(static_cast<std::int64_t>(world_.store.effects().size()));
    traces.push_back(world_.provider.creations);
    return traces;
  }

  // A request that was answered before is answered the same, and nothing happens: also where its
  // answer got lost with the process that had stored it.
  void Ask(const std::string& request,
           const std::function<absl::StatusOr<std::string>(std::string)>& ask) {
    const auto stored = testing::RunTask(world_.store.FindAnswer(world_.Key(request)));
    REQUIRE(stored.ok());
    const auto heard = answers_.find(request);
    if (heard != answers_.end()) REQUIRE(stored->has_value());
    const std::vector<std::int64_t> before = Traces();
    const absl::StatusOr<std::string> answer = ask(request);
    if (stored->has_value()) {
      REQUIRE(Traces() == before);
      if (answer.ok()) REQUIRE(*answer == **stored);
    }
    if (!answer.ok()) return;
    if (heard != answers_.end()) REQUIRE(*answer == heard->second);
    answers_[request] = *answer;
  }

  FareFacts Facts(const PaymentId& id) {
    FareFacts facts;
    facts.fare = Fen(world_.Of(id).amount.minor_units / (Pick(3) + 1));
    facts.cancel_time = world_.clock.Now();
    facts.departure_time = world_.clock.Now() + absl::Hours(Pick(24 * 20));
    return facts;
  }

  void Cancel(const PaymentId& id, const std::string& request) {
    const FareFacts facts = Facts(id);
    Ask("cancel-" + request,
        [&](std::string key) { return world_.GiveBack(id, RefundReason::kCancelled, facts, key); });
  }

  void ReturnLate(const PaymentId& id, const std::string& request) {
    Ask("late-" + request, [&](std::string key) {
      return world_.GiveBack(id, RefundReason::kLate, std::nullopt, key);
    });
  }

  void Settle(const PaymentId& id, const std::string& request) {
    const Payment& payment = world_.Of(id);
    if (payment.product != Product::kPrepayment) return;
    const std::int64_t part = payment.amount.minor_units * (Pick(4) + 1) / 4;
    Ask("settle-" + request, [&](std::string key) { return world_.Settle(id, part, key); });
  }

  // What the payer pays: what was asked, at times something else.
  Money Paid(const PaymentId& id) {
    const Money asked = world_.Of(id).amount;
    return Pick(10) == 0 ? Fen(asked.minor_units + Pick(99) - 49) : asked;
  }

  // The payer pays what the provider knows of; the callback comes now, later, twice or never.
  void PayAt(const PaymentId& id) {
    const auto known = testing::RunTask(world_.provider.Query(id));
    if (!known.ok() || known->state == OrderFact::State::kMissing) return;
    orders_.emplace_back(id, world_.provider.Pay(id, world_.clock.Now(), Paid(id)));
    if (Pick(2) == 0) (void)world_.CallBack(id, orders_.back().second);
  }

  // The payer pays by a channel the payment was not started on.
  void PayElsewhere(const PaymentId& id) {
    OrderRequest request;
    request.payment = id;
    request.amount = world_.Of(id).amount;
    if (!testing::RunTask(world_.elsewhere.Create(request)).ok()) return;
    elsewhere_.emplace_back(id, world_.elsewhere.Pay(id, world_.clock.Now(), Paid(id)));
    if (Pick(2) == 0) Tell(id, elsewhere_.back().second, Channel::kWechatPay);
  }

  template <class Fact>
  void Tell(const PaymentId& id, const Fact& fact, Channel channel) {
    (void)world_.CallBack(id, fact, channel);
  }

  void EndARefund(MemoryProvider& provider, Channel channel) {
    if (provider.refunds().empty()) return;
    auto chosen = provider.refunds().begin();
    std::advance(chosen, Pick(static_cast<int>(provider.refunds().size())));
    const std::string name = chosen->first;
    const RefundFact fact = provider.EndRefund(name, Pick(4) != 0, world_.clock.Now());
    const auto refund = world_.store.refunds().find(RefundNamedBy(name)->value());
    if (refund == world_.store.refunds().end()) return;
    refunds_.push_back(RefundTold{refund->second.payment, fact, channel});
    if (Pick(2) == 0) Tell(refund->second.payment, fact, channel);
  }

  // A callback that names another amount than the provider knows of.
  void TellWrong(const PaymentId& id) {
    const auto known = testing::RunTask(world_.provider.Query(id));
    if (!known.ok() || known->state == OrderFact::State::kMissing) return;
    OrderFact wrong = *known;
    wrong.state = OrderFact::State::kPaid;
    wrong.pay_time = world_.clock.Now();
    ++wrong.amount.minor_units;
    Tell(id, wrong, Channel::kSandbox);
  }

  // Old callbacks come again, in another order.
  void TellAgain() {
    if (!orders_.empty()) {
      const OrderTold& old = PickOf(orders_);
      Tell(old.first, old.second, Channel::kSandbox);
    }
    if (!refunds_.empty()) {
      const RefundTold& old = PickOf(refunds_);
      Tell(old.payment, old.fact, old.channel);
    }
    if (!elsewhere_.empty()) {
      const OrderTold& old = PickOf(elsewhere_);
      Tell(old.first, old.second, Channel::kWechatPay);
    }
  }

  std::mt19937 random_;
  TestWorld world_;
  std::vector<PaymentId> ids_;
  std::vector<OrderTold> orders_;
  std::vector<OrderTold> elsewhere_;
  std::vector<RefundTold> refunds_;
  std::map<std::string, std::string> answers_;
  bool contradicted_ = false;
};

}  // namespace houbu::payment
