/// The roles of staff: who gives them, who has them.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "services/account/app/ports_audit.h"
#include "services/account/app/ports_staff.h"

namespace houbu::account {

/// The machine's own time, which nobody moves.
using MachineTime = std::function<std::chrono::steady_clock::time_point()>;

/// Keeps the roles of staff.
class Staff final {
 public:
  /// Uses what it is given, which must outlive it.
  Staff(StaffStore& store, AuditStore& audit, const Clock& clock, MachineTime machine_time)
      : store_(store), audit_(audit), clock_(clock), machine_time_(std::move(machine_time)) {}

  /// Gives a role; gives the answer's bytes. OWN_ROLE, ROLE_HELD.
  Task<std::string> Grant(RoleChange change, Mutation<StaffMember> mutation);

  /// Takes a role; gives the answer's bytes. OWN_ROLE, ROLE_NOT_HELD, LAST_ADMIN.
  Task<std::string> Revoke(RoleChange change, Mutation<StaffMember> mutation);

  /// Lists who has roles, by name.
  Task<std::vector<StaffMember>> List(std::string after, int limit);

  /// Makes these persons admins unless they ever were: the first ones, by configuration.
  Task<void> Appoint(std::vector<std::string> persons);

  /// Whether the person has one of the roles; what was read is believed for a second.
  Task<bool> Has(std::string person, std::vector<Role> roles);

  /// Records that `actor` was refused a method: once a minute for each, and so many in all that
  /// nobody can fill the log.
  Task<void> NoteRefusal(std::string actor, std::string method, std::string reason);

 private:
  struct Known {
    StaffMember member;
    std::chrono::steady_clock::time_point read_at;
  };

  StaffStore& store_;
  AuditStore& audit_;
  const Clock& clock_;
  const MachineTime machine_time_;
  std::map<std::string, Known> known_;
  std::map<std::string, int> refusals_;  // of the present minute, by actor and method
  std::chrono::steady_clock::time_point minute_began_;
};

}  // namespace houbu::account
