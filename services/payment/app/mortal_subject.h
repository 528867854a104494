/// A payment service that dies between any two of its writes, and what outlives it.
#pragma once

#include <string>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "services/payment/app/memory_payment_store.h"

namespace houbu::payment {

/// How long a process still lives, counted in moments before and after its writes and its calls of
/// providers.
class Life final {
 public:
  /// Has it die at the moment after the next `moments`.
  void EndAfter(int moments) { left_ = moments; }

  /// Has it live on, as a process started anew.
  void Renew() {
    is_dead_ = false;
    left_ = -1;
  }

  /// Tells whether it is dead.
  bool is_dead() const { return is_dead_; }

  /// Lives through one moment, or dies in it: CANCELLED, which nobody tries again.
  absl::Status Pass() {
    if (left_ == 0) is_dead_ = true;
    if (left_ > 0) --left_;
    return is_dead_ ? absl::CancelledError("the process is dead") : absl::OkStatus();
  }

 private:
  int left_ = -1;  // Forever.
  bool is_dead_ = false;
};

/// Lets whatever else runs on the loop go first.
inline boost::asio::awaitable<void> GiveWay() {
  const auto executor = co_await boost::asio::this_coro::executor;
  co_await boost::asio::post(executor, boost::asio::use_awaitable);
}

/// A store written by a process that dies before or after a write: what it wrote stays. A write
/// lets others go first, so that what it was reckoned from may be old by then.
class MortalStore final : public MemoryPaymentStore {
 public:
  /// `life` outlives it.
  explicit MortalStore(Life& life) : life_(life) {}

  Task<std::string> Insert(Payment payment, Commitment commitment) override {
    return Live(MemoryPaymentStore::Insert(std::move(payment), std::move(commitment)));
  }
  Task<std::string> Commit(Change change, Commitment commitment) override {
    return Live(MemoryPaymentStore::Commit(std::move(change), std::move(commitment)));
  }
  Task<void> KeepNotice(RawNotice notice) override {
    co_await GiveWay();
    if (absl::Status lives = life_.Pass(); !lives.ok()) co_return lives;
    const absl::Status kept = co_await MemoryPaymentStore::KeepNotice(std::move(notice));
    if (absl::Status lives = life_.Pass(); !lives.ok()) co_return lives;
    co_return kept;
  }

  /// How often something was to be written that must not be: posted twice, out of balance.
  int bugs() const { return bugs_; }

 private:
  Task<std::string> Live(Task<std::string> write) {
    co_await GiveWay();
    if (absl::Status lives = life_.Pass(); !lives.ok()) co_return lives;
    absl::StatusOr<std::string> written = co_await std::move(write);
    if (absl::IsInternal(written.status())) ++bugs_;
    if (absl::Status lives = life_.Pass(); !lives.ok()) co_return lives;
    co_return written;
  }

  Life& life_;
  int bugs_ = 0;
};

/// A provider called by a process that dies before it is asked, or before it hears the answer.
class MortalProvider final : public Provider {
 public:
  /// Both outlive it.
  MortalProvider(Life& life, Provider& provider) : life_(life), provider_(provider) {}

  Task<OrderFact> Create(OrderRequest request) override {
    return Live<OrderFact>(provider_.Create(std::move(request)));
  }
  Task<OrderFact> Query(PaymentId payment) override {
    return Live<OrderFact>(provider_.Query(std::move(payment)));
  }
  Task<OrderFact> Close(PaymentId payment) override {
    return Live<OrderFact>(provider_.Close(std::move(payment)));
  }
  Task<RefundFact> Refund(RefundRequest request) override {
    return Live<RefundFact>(provider_.Refund(std::move(request)));
  }
  Task<RefundFact> QueryRefund(PaymentId payment, std::string merchant_refund) override {
    return Live<RefundFact>(provider_.QueryRefund(std::move(payment), std::move(merchant_refund)));
  }

 private:
  template <class Fact>
  Task<Fact> Live(Task<Fact> call) {
    co_await GiveWay();
    if (absl::Status lives = life_.Pass(); !lives.ok()) co_return lives;
    absl::StatusOr<Fact> answer = co_await std::move(call);
    if (absl::Status lives = life_.Pass(); !lives.ok()) co_return lives;
    co_return answer;
  }

  Life& life_;
  Provider& provider_;
};

}  // namespace houbu::payment
