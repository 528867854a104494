/// Restrictions, bans and cancellations in PostgreSQL.
#pragma once

#include "libs/postgres/pool.h"
#include "services/account/app/ports_restriction.h"

namespace houbu::account {

/// Keeps tables `restrictions`, `ban_proposals`, `own_cancellations` and `person_marks`.
class PostgresRestrictionStore final : public RestrictionStore {
 public:
  /// Uses the pool, which must outlive it.
  explicit PostgresRestrictionStore(postgres::Pool& pool) : pool_(pool) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<std::vector<Restriction>> ActiveOf(std::string account, absl::Time now) override;
  Task<std::vector<Restriction>> List(std::string account, std::string after, int limit) override;
  Task<Restriction> Load(std::string account, std::string id) override;
  Task<std::string> Impose(Restriction restriction, AuditEntry audit, Reply reply,
                           absl::Time now) override;
  Task<std::string> Lift(Restriction lifted, AuditEntry audit, Reply reply,
                         absl::Time now) override;
  Task<std::string> CountCancellation(OwnCancellation cancellation, CancellationJudge judge,
                                      std::string restriction_id, Reply reply,
                                      absl::Time now) override;
  Task<std::string> Propose(BanProposal proposal, AuditEntry audit, Reply reply,
                            absl::Time now) override;
  Task<BanProposal> LoadProposal(std::string account, std::string id) override;
  Task<std::vector<BanProposal>> ListProposals(bool with_decided, std::string after,
                                               int limit) override;
  Task<std::string> Decide(BanProposal decided, std::vector<Restriction> imposed, AuditEntry audit,
                           Reply reply, absl::Time now) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::account
