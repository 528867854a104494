/// What the store's contract runs on: memory, and a fresh PostgreSQL database.
#pragma once

#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "libs/postgres/migrations.h"
#include "libs/postgres/pool.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"
#include "services/payment/app/memory_payment_store.h"
#include "services/payment/storage/postgres_payment_store.h"
#include "services/payment/storage/schema.h"

namespace houbu::payment {

/// The store in memory.
class MemoryBench final {
 public:
  /// Always there.
  bool ready() const { return true; }
  /// The store under test.
  PaymentStore& store() { return store_; }
  /// Runs a task to its end.
  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return testing::RunTask(loop_, std::move(task));
  }
  /// How many effects were committed.
  std::int64_t effects() { return static_cast<std::int64_t>(store_.effects().size()); }

 private:
  boost::asio::io_context loop_{1};
  MemoryPaymentStore store_;
};

/// The store on a database of its own; not ready where there is no server.
class PostgresBench final {
 public:
  PostgresBench() : database_(testing::TestPostgres::OrSkip()) {
    if (!database_) return;
    postgres::PoolOptions options;
    options.conninfo = database_->conninfo();
    options.size = 4;
    pool_ = std::make_unique<postgres::Pool>(loop_.get_executor(), options);
    REQUIRE(Run(postgres::Migrate(*pool_, kMigrations)).ok());
    store_ = std::make_unique<PostgresPaymentStore>(*pool_, EncodeByKey);
  }

  /// Tells whether there is a server.
  bool ready() const { return store_ != nullptr; }
  /// The store under test.
  PaymentStore& store() { return *store_; }
  /// The database below.
  postgres::Pool& pool() { return *pool_; }
  /// Runs a task to its end.
  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return testing::RunTask(loop_, std::move(task));
  }
  /// How many effects were committed.
  std::int64_t effects() {
    return Run(pool_->Query("SELECT count(*) AS n FROM outbox"))->row(0).Int64("n");
  }

 private:
  static postgres::OutboxCall EncodeByKey(const Effect& effect, const Commitment& commitment) {
    postgres::OutboxCall call;
    call.id = std::visit([](const auto& each) { return each.key; }, effect);
    call.aggregate = "payments/test";
    call.target = "test";
    call.method = "/test";
    call.due_at = commitment.now;
    return call;
  }

  std::unique_ptr<testing::TestPostgres> database_;
  boost::asio::io_context loop_{1};
  std::unique_ptr<postgres::Pool> pool_;
  std::unique_ptr<PostgresPaymentStore> store_;
};

/// When everything happens.
inline const absl::Time kNow = absl::FromUnixSeconds(1'793'491'200);
/// How it is paid.
inline const PaymentWay kScanned{Channel::kSandbox, ""};

/// A prepayment that was opened.
inline Payment Opened(const std::string& id) {
  Payment payment;
  payment.id = PaymentId(id);
  payment.opener = "waitlist";
  payment.order = "waitlistOrders/wo-1";
  payment.account = "accounts/ac-1";
  payment.product = Product::kPrepayment;
  payment.amount = Fen(10000);
  payment.policy = "seed";
  payment.create_time = kNow;
  payment.expire_time = kNow + absl::Minutes(30);
  payment.version = 1;
  return payment;
}

/// A commitment that answers a request; of no request where it has no id.
inline Commitment Answering(const std::string& request_id, const std::string& bytes) {
  Commitment commitment;
  commitment.now = kNow;
  if (!request_id.empty()) {
    commitment.answer = Answer{RequestKey{"services/slot", "/m", request_id, "f"}, bytes};
  }
  return commitment;
}

/// The change, with the payment's next version.
inline Change Next(Change change) {
  ++change.payment.version;
  return change;
}

/// Opened, started, paid; gives the payment.
template <class Bench>
Payment Paid(Bench& bench, const std::string& id) {
  PaymentStore& store = bench.store();
  REQUIRE(bench.Run(store.Insert(Opened(id), Answering("open-" + id, "opened"))).ok());
  Payment payment = *bench.Run(store.Load(PaymentId(id)));
  Change started = Next(*Start(payment, kScanned, kNow));
  REQUIRE(bench.Run(store.Commit(started, Answering("", ""))).ok());
  OrderFact fact;
  fact.state = OrderFact::State::kPaid;
  fact.provider_order = "po-" + id;
  fact.amount = payment.amount;
  fact.pay_time = kNow + absl::Seconds(5);
  Change paid = Next(*ApplyProviderFact(started.payment, fact, kNow));
  REQUIRE(bench.Run(store.Commit(paid, Answering("", ""))).ok());
  return paid.payment;
}

}  // namespace houbu::payment
