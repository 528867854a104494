/// Identity checks in PostgreSQL.
#pragma once

#include <functional>
#include <utility>

#include "libs/postgres/pool.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/app/ports_verification.h"
#include "services/account/storage/vault.h"

namespace houbu::account {

/// Makes the call that tells a holder what a check came to.
using EncodeNotice = std::function<postgres::OutboxCall(const CheckEnding& ending, absl::Time now)>;

/// Keeps checks. Whoever ends one locks the passenger, then the account, then the check.
class PostgresCheckStore final : public CheckStore {
 public:
  /// Uses the pool and the vault, which must outlive it.
  PostgresCheckStore(postgres::Pool& pool, const Vault& vault, EncodeNotice encode)
      : pool_(pool), vault_(vault), encode_(std::move(encode)) {}

  Task<int> Count(std::string account, absl::Time since) override;
  Task<std::optional<IdentityCheck>> Find(std::string account, RequestKey key) override;
  Task<IdentityCheck> Load(std::string id) override;
  Task<void> Begin(Account account, IdentityCheck check, std::string card) override;
  Task<void> MarkAsking(std::string id, std::optional<absl::Time> until) override;
  Task<void> MarkTaken(std::string id, std::optional<Reply> reply, absl::Time now) override;
  Task<std::string> End(CheckEnding ending, absl::Time now) override;
  Task<std::string> Answer(Reply reply, absl::Time now) override;
  Task<std::vector<IdentityCheck>> TakeDue(absl::Time now, absl::Duration interval,
                                           int limit) override;
  Task<OpenChecks> CountOpen(absl::Time now) override;
  Task<bool> TakeNonce(std::string nonce, absl::Time now) override;
  Task<void> ForgetNonces(absl::Time before) override;

 private:
  Task<void> Decide(postgres::Transaction& transaction, CheckEnding ending, absl::Time now);

  postgres::Pool& pool_;
  const Vault& vault_;
  EncodeNotice encode_;
};

}  // namespace houbu::account
