/// The audit log in PostgreSQL, a chain of hashes (migration 0016).
#pragma once

#include "libs/postgres/pool.h"
#include "services/account/app/ports_audit.h"

namespace houbu::account {

/// Records an act in the transaction that does it, so that neither is without the other. The log is
/// held until the transaction ends: append last, right before the commit.
Task<void> AppendAudit(postgres::Transaction& transaction, AuditEntry entry, absl::Time now);

/// Keeps the log in tables `audit_entries`, `audit_end` and `audit_heads`.
class PostgresAuditStore final : public AuditStore {
 public:
  /// Uses the pool, which must outlive it.
  explicit PostgresAuditStore(postgres::Pool& pool) : pool_(pool) {}

  Task<void> Append(AuditEntry entry, absl::Time now) override;
  Task<AuditPage> List(AuditFilter filter, std::int64_t after, int limit) override;
  Task<std::vector<AuditHead>> ListHeads(std::int64_t after, int limit) override;
  Task<std::optional<AuditHead>> LastHead() override;
  Task<bool> AddHead(AuditHead head) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::account
