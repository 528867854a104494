/// Accounts in PostgreSQL.
#pragma once

#include "libs/postgres/pool.h"
#include "services/account/app/ports.h"
#include "services/account/storage/vault.h"

namespace houbu::account {

/// Keeps accounts.
class PostgresAccountStore final : public AccountStore {
 public:
  /// Uses the pool and the vault, which must outlive it.
  PostgresAccountStore(postgres::Pool& pool, const Vault& vault) : pool_(pool), vault_(vault) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<Account> Load(std::string id) override;
  Task<std::string> Save(Account account, AuditEntry audit, Reply reply, absl::Time now) override;

 private:
  absl::StatusOr<Account> AccountOf(const postgres::Row& row) const;

  postgres::Pool& pool_;
  const Vault& vault_;
};

}  // namespace houbu::account
