/// Consents in PostgreSQL.
#pragma once

#include "libs/postgres/pool.h"
#include "services/account/app/ports_consent.h"

namespace houbu::account {

/// Keeps consents in table `consents`.
class PostgresConsentStore final : public ConsentStore {
 public:
  /// Uses the pool, which must outlive it.
  explicit PostgresConsentStore(postgres::Pool& pool) : pool_(pool) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<std::optional<PurposeConsent>> FindStanding(std::string account,
                                                   ConsentPurpose purpose) override;
  Task<PurposeConsent> Load(std::string account, std::string id) override;
  Task<std::string> Give(PurposeConsent consent, AuditEntry audit, Reply reply,
                         absl::Time now) override;
  Task<std::string> Repeat(Reply reply, absl::Time now) override;
  Task<std::string> Withdraw(PurposeConsent ended, AuditEntry audit, Reply reply,
                             absl::Time now) override;
  Task<std::vector<PurposeConsent>> List(std::string account, std::string after,
                                         int limit) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::account
