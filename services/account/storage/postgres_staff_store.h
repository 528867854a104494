/// The roles of staff in PostgreSQL.
#pragma once

#include "libs/postgres/pool.h"
#include "services/account/app/ports_staff.h"

namespace houbu::account {

/// Keeps roles in table `staff_roles`.
class PostgresStaffStore final : public StaffStore {
 public:
  /// Uses the pool, which must outlive it.
  explicit PostgresStaffStore(postgres::Pool& pool) : pool_(pool) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<StaffMember> Load(std::string person) override;
  Task<std::vector<StaffMember>> List(std::string after, int limit) override;
  Task<std::string> Grant(RoleChange change, AuditEntry audit, Mutation<StaffMember> mutation,
                          absl::Time now) override;
  Task<std::string> Revoke(RoleChange change, AuditEntry audit, Mutation<StaffMember> mutation,
                           absl::Time now) override;
  Task<void> Appoint(std::string person, absl::Time now) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::account
