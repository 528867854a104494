/// Where the roles of the account service's methods are enforced, all of them.
#pragma once

#include <string>
#include <vector>

#include "libs/rpc/role_guard.h"
#include "services/account/app/staff.h"

namespace houbu::account {

/// Lets operators in who have one of a method's roles. Attempts that are refused are audited, those
/// of accounts and services at operators' methods too.
class StaffGuard final : public rpc::RoleGuard {
 public:
  /// Asks `staff`, which must outlive it.
  explicit StaffGuard(Staff& staff) : staff_(staff) {}

  absl::Status Learn(const rpc::MethodRule& rule) override;
  Task<void> Admit(rpc::Caller caller, const rpc::MethodRule& rule, absl::Status refused) override;

 private:
  Staff& staff_;
};

}  // namespace houbu::account
