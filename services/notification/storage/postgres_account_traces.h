/// The traces of accounts in PostgreSQL.
#pragma once

#include "libs/postgres/pool.h"
#include "services/notification/app/ports_erasure.h"

namespace houbu::notification {

/// Finds and removes what this database keeps of accounts.
class PostgresAccountTraces final : public AccountTraces {
 public:
  /// Uses the pool, which must outlive it.
  explicit PostgresAccountTraces(postgres::Pool& pool) : pool_(pool) {}

  Task<void> Forget(std::string account, RequestKey key, std::string answer,
                    absl::Time now) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::notification
