/// The attachments that prove relationships, in PostgreSQL.
#pragma once

#include "libs/postgres/pool.h"
#include "services/account/app/ports_guardian.h"

namespace houbu::account {

/// Looks into table `attachments`.
class PostgresProofs final : public Proofs {
 public:
  /// Uses the pool, which must outlive it.
  explicit PostgresProofs(postgres::Pool& pool) : pool_(pool) {}

  Task<bool> IsOwn(std::string account, std::string attachment) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::account
