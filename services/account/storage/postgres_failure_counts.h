/// Failed sign-ins, counted in PostgreSQL.
#pragma once

#include "libs/postgres/pool.h"
#include "services/account/app/ports_sign_in.h"
#include "services/account/storage/vault.h"

namespace houbu::account {

/// Counts failures by the index of what they are counted for.
class PostgresFailureCounts final : public FailureCounts {
 public:
  /// Uses the pool and the vault, which must outlive it.
  PostgresFailureCounts(postgres::Pool& pool, const Vault& vault) : pool_(pool), vault_(vault) {}

  Task<absl::Time> Count(FailureCount count, absl::Time now) override;
  Task<void> Forget(std::string key) override;
  Task<void> TakeBack(std::string key, absl::Time now) override;

 private:
  std::string IndexOf(const std::string& key) const;

  postgres::Pool& pool_;
  const Vault& vault_;
};

}  // namespace houbu::account
