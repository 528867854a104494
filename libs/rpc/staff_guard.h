/// Where the roles of methods are enforced, in every service the same way.
#pragma once

#include <string>
#include <vector>

#include "libs/rpc/role_guard.h"

namespace houbu::rpc {

/// Refuses operators as long as nobody said which roles they have.
inline constexpr Refusal kRolesUnknown{absl::StatusCode::kUnavailable, "ROLES_UNKNOWN",
                                       "Nobody has said yet who has which role; try again."};

/// Knows which roles persons have.
class StaffDirectory {
 public:
  virtual ~StaffDirectory() = default;

  /// Whether a person has one of the roles.
  virtual async::Task<bool> HasOneOf(std::string person, std::vector<std::string> roles) = 0;

  /// Hears that a caller was refused a method ("houbu.slot.v1.InventoryService/CloseSale").
  virtual async::Task<void> NoteRefusal(Caller caller, std::string method, std::string reason) = 0;
};

/// Lets operators in who have one of a method's roles.
class StaffGuard final : public RoleGuard {
 public:
  /// Asks `directory`, which must outlive it.
  explicit StaffGuard(StaffDirectory& directory) : directory_(directory) {}

  absl::Status Learn(const MethodRule& rule) override;
  async::Task<void> Admit(Caller caller, const MethodRule& rule, absl::Status refused) override;

 private:
  StaffDirectory& directory_;
};

}  // namespace houbu::rpc
