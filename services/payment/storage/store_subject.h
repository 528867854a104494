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

}  // namespace houbu::payment
