/// What was taken back, read from PostgreSQL.
#pragma once

#include "libs/postgres/pool.h"
#include "services/account/app/ports_sign_in.h"

namespace houbu::account {

/// Reads revocations; see revocation_rows.h for how they get there.
class PostgresRevocationLog final : public RevocationLog {
 public:
  /// Uses the pool, which must outlive it.
  explicit PostgresRevocationLog(postgres::Pool& pool) : pool_(pool) {}

  Task<std::vector<Revoked>> After(std::int64_t position, absl::Time since, int limit) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::account
