/// Credentials in PostgreSQL.
#pragma once

#include "libs/postgres/pool.h"
#include "services/account/app/ports_sign_in.h"
#include "services/account/storage/vault.h"

namespace houbu::account {

/// Keeps what accounts sign in with.
class PostgresCredentialStore final : public CredentialStore {
 public:
  /// Uses the pool and the vault, which must outlive it.
  PostgresCredentialStore(postgres::Pool& pool, const Vault& vault) : pool_(pool), vault_(vault) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<std::optional<Credentials>> Find(Identifier identifier) override;
  Task<Credentials> Load(std::string account) override;
  Task<std::string> Save(Credentials credentials,
                         std::optional<std::vector<std::string>> recovery_hashes,
                         std::string kept_session, std::string act, Reply reply,
                         absl::Time now) override;
  Task<std::string> TakeAddress(Challenge challenge, Reply reply, absl::Time now) override;
  Task<void> Rehash(std::string account, std::string old_hash, std::string new_hash) override;
  Task<bool> UseTotpStep(std::string account, std::int64_t step) override;
  Task<bool> UseRecoveryCode(std::string account, std::string hash) override;

 private:
  absl::StatusOr<Credentials> CredentialsOf(const postgres::Row& row) const;
  Task<PersonKey> KeyOf(postgres::Transaction& transaction, std::string account);

  postgres::Pool& pool_;
  const Vault& vault_;
};

}  // namespace houbu::account
