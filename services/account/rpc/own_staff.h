/// The roles of staff as the account service itself knows them.
#pragma once

#include <string>
#include <vector>

#include "libs/rpc/staff_guard.h"
#include "services/account/app/staff.h"

namespace houbu::account {

/// Asks its own record. Attempts that are refused are audited, those of accounts and services at
/// operators' methods too.
class OwnStaff final : public rpc::StaffDirectory {
 public:
  /// Asks `staff`, which must outlive it.
  explicit OwnStaff(Staff& staff) : staff_(staff) {}

  Task<bool> HasOneOf(std::string person, std::vector<std::string> roles) override;
  Task<void> NoteRefusal(rpc::Caller caller, std::string method, std::string reason) override;

 private:
  Staff& staff_;
};

}  // namespace houbu::account
