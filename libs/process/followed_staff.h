/// The roles of staff in services other than account: as heard from it.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/identity/staff_roles.h"
#include "libs/rpc/staff_guard.h"

namespace houbu::process {

/// Lets nobody in before anything was heard; a process that has just started is waited for a while.
/// What was heard holds while account is away: that is when operators are needed.
class FollowedStaff final : public rpc::StaffDirectory {
 public:
  /// Reads `roles`, which must outlive it; waits so long for the first word.
  explicit FollowedStaff(const identity::StaffRoles& roles,
                         absl::Duration patience = absl::Seconds(2))
      : roles_(roles), patience_(patience) {}

  async::Task<bool> HasOneOf(std::string person, std::vector<std::string> roles) override;
  /// Nothing: every call and its refusal are in the log of calls.
  async::Task<void> NoteRefusal(rpc::Caller caller, std::string method,
                                std::string reason) override;

 private:
  const identity::StaffRoles& roles_;
  const absl::Duration patience_;
};

}  // namespace houbu::process
