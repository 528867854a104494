/// Guardianships in PostgreSQL.
#pragma once

#include "libs/postgres/pool.h"
#include "services/account/app/ports_guardian.h"

namespace houbu::account {

/// Keeps guardianships in table `guardianships`.
class PostgresGuardianStore final : public GuardianStore {
 public:
  /// Uses the pool, which must outlive it.
  explicit PostgresGuardianStore(postgres::Pool& pool) : pool_(pool) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<std::vector<std::string>> WardsOf(std::string account) override;
  Task<std::string> Propose(Guardianship guardianship, AuditEntry audit, Reply reply,
                            absl::Time now) override;
  Task<Guardianship> Load(std::string account, std::string id) override;
  Task<std::vector<Guardianship>> List(std::string account, std::string after, int limit) override;
  Task<std::string> Save(Guardianship changed, GuardianshipState before, AuditEntry audit,
                         Reply reply, absl::Time now) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::account
