/// Removes from PostgreSQL what is over.
#pragma once

#include "libs/postgres/pool.h"
#include "services/account/app/ports_retention.h"

namespace houbu::account {

/// Sweeps account's tables.
class PostgresRetentionStore final : public RetentionStore {
 public:
  /// Uses the pool, which must outlive it.
  explicit PostgresRetentionStore(postgres::Pool& pool) : pool_(pool) {}

  async::Task<int> Sweep(RetentionPolicy policy, absl::Time now, int limit) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::account
