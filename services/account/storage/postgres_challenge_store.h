/// One-time codes under way, in PostgreSQL.
#pragma once

#include "libs/postgres/pool.h"
#include "services/account/app/ports_sign_in.h"
#include "services/account/storage/vault.h"

namespace houbu::account {

/// Keeps challenges.
class PostgresChallengeStore final : public ChallengeStore {
 public:
  /// Uses the pool and the vault, which must outlive it.
  PostgresChallengeStore(postgres::Pool& pool, const Vault& vault) : pool_(pool), vault_(vault) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<CodesAsked> CountAsked(CodeCount count, absl::Time now) override;
  Task<std::string> Add(Challenge challenge, CodeCount count, Reply reply, absl::Time now) override;
  Task<Challenge> Load(std::string id) override;
  Task<int> CountAttempt(std::string id) override;
  Task<std::vector<Challenge>> ListUnsent(absl::Time now, int limit) override;
  Task<void> MarkSent(std::string id, absl::Time now) override;

 private:
  absl::StatusOr<Challenge> ChallengeOf(const postgres::Row& row) const;
  std::optional<std::string> IndexOf(absl::string_view column, const std::string& value) const;

  postgres::Pool& pool_;
  const Vault& vault_;
};

}  // namespace houbu::account
