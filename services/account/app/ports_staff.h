/// What the roles of staff need of the outside: their record.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

#include "services/account/app/ports.h"
#include "services/account/domain/staff.h"

namespace houbu::account {

/// A role given or taken.
struct RoleChange {
  std::string person;
  Role role = Role::kSupport;
  std::string reason;
};

/// Where the roles of staff are kept. Each change commits with its audit entry and its reply and
/// returns the answer that stands.
class StaffStore : public Answers {
 public:
  /// Returns a person and their roles; without any for who never had one.
  virtual Task<StaffMember> Load(std::string person) = 0;

  /// Lists who has roles, by name, those after `after`.
  virtual Task<std::vector<StaffMember>> List(std::string after, int limit) = 0;

  /// Gives a role; ROLE_HELD. `render` makes the answer of what the person then is.
  virtual Task<std::string> Grant(RoleChange change, AuditEntry audit,
                                  Mutation<StaffMember> mutation, absl::Time now) = 0;

  /// Takes a role; ROLE_NOT_HELD, LAST_ADMIN.
  virtual Task<std::string> Revoke(RoleChange change, AuditEntry audit,
                                   Mutation<StaffMember> mutation, absl::Time now) = 0;

  /// Makes a person an admin who never was one; audited as done by the configuration.
  virtual Task<void> Appoint(std::string person, absl::Time now) = 0;
};

}  // namespace houbu::account
