/// The ports of waitlist and payment under weather.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "services/payment/app/memory_payment_store.h"
#include "services/payment/app/memory_provider.h"
#include "services/waitlist/app/memory_order_store.h"
#include "tests/simulation/virtual_time.h"

namespace houbu::simulation {

/// Waitlist's orders behind a connection that fails.
class WornOrders final : public waitlist::OrderStore {
 public:
  using Order = waitlist::Order;

  /// `recorded` gets every step that was recorded.
  WornOrders(waitlist::MemoryOrderStore& store, Surroundings& around,
             std::function<void(const waitlist::Step&)> recorded)
      : store_(store), around_(around), recorded_(std::move(recorded)) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override {
    return around_.Through<std::optional<std::string>>(
        [this, key] { return store_.FindAnswer(key); });
  }
  Task<Order> Load(waitlist::OrderId id) override {
    return around_.Through<Order>([this, id] { return store_.Load(id); });
  }
  Task<std::optional<Order>> LoadLive(std::string account) override {
    return around_.Through<std::optional<Order>>(
        [this, account] { return store_.LoadLive(account); });
  }
  Task<std::string> Save(waitlist::Step step, std::optional<waitlist::Reply> reply,
                         absl::Time now) override {
    return around_.Through<std::string>(
        [this, step, reply, now] { return SaveAndTell(step, reply, now); });
  }
  Task<std::vector<Order>> List(std::string account, waitlist::OrderList list,
                                waitlist::Page page) override {
    return around_.Through<std::vector<Order>>(
        [this, account, list, page] { return store_.List(account, list, page); });
  }
  Task<std::vector<waitlist::OrderId>> Due(absl::Time now, int limit) override {
    return around_.Through<std::vector<waitlist::OrderId>>(
        [this, now, limit] { return store_.Due(now, limit); });
  }

 private:
  Task<std::string> SaveAndTell(waitlist::Step step, std::optional<waitlist::Reply> reply,
                                absl::Time now) {
    const waitlist::Step copy = step;
    const auto before = co_await store_.Load(copy.order.id);
    const std::int64_t version = before.ok() ? before->version : 0;
    const auto saved = co_await store_.Save(std::move(step), std::move(reply), now);
    const auto after = co_await store_.Load(copy.order.id);
    if (after.ok() && after->version == version + 1) recorded_(copy);
    co_return saved;
  }

  waitlist::MemoryOrderStore& store_;
  Surroundings& around_;
  std::function<void(const waitlist::Step&)> recorded_;
};

/// Payment's books behind a connection that fails.
class WornPayments final : public payment::PaymentStore {
 public:
  /// `committed` is told after every change, before anybody else acts.
  WornPayments(payment::MemoryPaymentStore& store, Surroundings& around,
               std::function<void()> committed)
      : store_(store), around_(around), committed_(std::move(committed)) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override {
    return around_.Through<std::optional<std::string>>(
        [this, key] { return store_.FindAnswer(key); });
  }
  Task<std::string> Insert(payment::Payment payment, payment::Commitment commitment) override {
    return around_.Through<std::string>(
        [this, payment, commitment] { return InsertAndTell(payment, commitment); });
  }
  Task<std::string> Commit(payment::Change change, payment::Commitment commitment) override {
    return around_.Through<std::string>(
        [this, change, commitment] { return CommitAndTell(change, commitment); });
  }
  Task<payment::Payment> Load(payment::PaymentId id) override {
    return around_.Through<payment::Payment>([this, id] { return store_.Load(id); });
  }
  Task<payment::Refund> LoadRefund(payment::RefundId id) override {
    return around_.Through<payment::Refund>([this, id] { return store_.LoadRefund(id); });
  }
  Task<std::vector<payment::Payment>> List(std::string account, payment::Page page) override {
    return around_.Through<std::vector<payment::Payment>>(
        [this, account, page] { return store_.List(account, page); });
  }
  Task<std::vector<payment::Refund>> ListRefunds(payment::PaymentId id,
                                                 payment::Page page) override {
    return around_.Through<std::vector<payment::Refund>>(
        [this, id, page] { return store_.ListRefunds(id, page); });
  }
  Task<bool> HasUsedGrace(std::string account, absl::CivilDay day) override {
    return around_.Through<bool>(
        [this, account, day] { return store_.HasUsedGrace(account, day); });
  }
  Task<std::vector<payment::PaymentId>> DueInquiries(absl::Time now, int count) override {
    return around_.Through<std::vector<payment::PaymentId>>(
        [this, now, count] { return store_.DueInquiries(now, count); });
  }
  Task<payment::RefundsDue> DueRefunds(payment::DueQuestion question) override {
    return around_.Through<payment::RefundsDue>(
        [this, question] { return store_.DueRefunds(question); });
  }
  Task<payment::BatchProgress> Batch(std::string batch) override {
    return around_.Through<payment::BatchProgress>([this, batch] { return store_.Batch(batch); });
  }
  Task<std::int64_t> CountStuckRefunds(absl::Time before) override {
    return around_.Through<std::int64_t>(
        [this, before] { return store_.CountStuckRefunds(before); });
  }
  Task<std::vector<payment::LedgerBalance>> Balances() override {
    return around_.Through<std::vector<payment::LedgerBalance>>(
        [this] { return store_.Balances(); });
  }
  Task<std::vector<payment::PaymentBooks>> Books(payment::BooksPage page) override {
    return around_.Through<std::vector<payment::PaymentBooks>>(
        [this, page] { return store_.Books(page); });
  }
  Task<void> KeepNotice(payment::RawNotice notice) override {
    return around_.Through<void>([this, notice] { return store_.KeepNotice(notice); });
  }

 private:
  Task<std::string> InsertAndTell(payment::Payment payment, payment::Commitment commitment) {
    const auto outcome = co_await store_.Insert(std::move(payment), std::move(commitment));
    if (outcome.ok()) committed_();
    co_return outcome;
  }
  Task<std::string> CommitAndTell(payment::Change change, payment::Commitment commitment) {
    const auto outcome = co_await store_.Commit(std::move(change), std::move(commitment));
    if (outcome.ok()) committed_();
    co_return outcome;
  }

  payment::MemoryPaymentStore& store_;
  Surroundings& around_;
  std::function<void()> committed_;
};

/// The provider behind a connection that fails.
class WornProvider final : public payment::Provider {
 public:
  WornProvider(payment::MemoryProvider& provider, Surroundings& around)
      : provider_(provider), around_(around) {}

  Task<payment::OrderFact> Create(payment::OrderRequest request) override {
    return around_.Through<payment::OrderFact>(
        [this, request] { return provider_.Create(request); });
  }
  Task<payment::OrderFact> Query(payment::PaymentId id) override {
    return around_.Through<payment::OrderFact>([this, id] { return provider_.Query(id); });
  }
  Task<payment::OrderFact> Close(payment::PaymentId id) override {
    return around_.Through<payment::OrderFact>([this, id] { return provider_.Close(id); });
  }
  Task<payment::RefundFact> Refund(payment::RefundRequest request) override {
    return around_.Through<payment::RefundFact>(
        [this, request] { return provider_.Refund(request); });
  }
  Task<payment::RefundFact> QueryRefund(payment::PaymentId payment, std::string name) override {
    return around_.Through<payment::RefundFact>(
        [this, payment, name] { return provider_.QueryRefund(payment, name); });
  }

 private:
  payment::MemoryProvider& provider_;
  Surroundings& around_;
};

}  // namespace houbu::simulation
