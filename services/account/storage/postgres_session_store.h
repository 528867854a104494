/// Sessions and their refresh tokens, in PostgreSQL.
#pragma once

#include "libs/postgres/pool.h"
#include "services/account/app/ports_sign_in.h"
#include "services/account/storage/vault.h"

namespace houbu::account {

/// Keeps sessions. A session that ends has its access tokens revoked in the same transaction.
class PostgresSessionStore final : public SessionStore {
 public:
  /// Uses what it is given, which must outlive it.
  PostgresSessionStore(postgres::Pool& pool, const Vault& vault, const DerivedSecrets& secrets)
      : pool_(pool), vault_(vault), secrets_(secrets) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<std::string> Open(Session session, std::optional<Challenge> challenge,
                         std::optional<Account> opened, Reply reply, absl::Time now) override;
  Task<Session> Load(std::string account, std::string id, absl::Time now) override;
  Task<std::vector<Session>> List(std::string account, std::string before, int limit,
                                  absl::Time now) override;
  Task<ShownToken> FindToken(std::string refresh_token, absl::Time now) override;
  Task<std::optional<std::string>> Renew(RefreshToken token, Session renewed, Reply reply,
                                         absl::Time now) override;
  Task<std::string> Repeat(Reply reply, absl::Time now) override;
  Task<void> EndStolen(Session session, absl::Time now) override;
  Task<std::string> End(Session session, Reply reply, absl::Time now) override;
  Task<std::string> EndAll(std::string account, std::string kept, Mutation<int> mutation,
                           absl::Time now) override;
  Task<bool> KnowsDevice(std::string account, std::string device_key, absl::Time since) override;

 private:
  absl::StatusOr<Session> SessionOf(const postgres::Row& row) const;
  Task<void> OpenAccount(postgres::Transaction& transaction, Account account, absl::Time now);
  Task<void> InsertToken(postgres::Transaction& transaction, Session session);

  postgres::Pool& pool_;
  const Vault& vault_;
  const DerivedSecrets& secrets_;
};

}  // namespace houbu::account
