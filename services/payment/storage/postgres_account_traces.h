/// The traces of accounts in PostgreSQL.
#pragma once

#include <vector>

#include "libs/postgres/pool.h"
#include "services/payment/app/ports_erasure.h"

namespace houbu::payment {

/// Finds and removes what this database keeps of accounts.
class PostgresAccountTraces final : public AccountTraces {
 public:
  /// Uses the pool, which must outlive it.
  explicit PostgresAccountTraces(postgres::Pool& pool) : pool_(pool) {}

  Task<std::vector<LiveThing>> ListLive(std::string account, int limit) override;
  Task<void> Forget(std::string account, RequestKey key, std::string answer,
                    absl::Time now) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::payment
