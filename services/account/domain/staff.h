/// Staff: operators as persons, and what each may do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"

namespace houbu::account {

/// What a person may do.
enum class Role { kSupport, kReviewer, kFinance, kAdmin };

/// As the protos name it: "support".
absl::string_view NameOf(Role role);

/// Reads what NameOf gave; nothing for any other text.
std::optional<Role> ParseRole(absl::string_view name);

/// Nobody gives themselves a role.
inline constexpr Refusal kOwnRole{absl::StatusCode::kPermissionDenied, "OWN_ROLE",
                                  "Nobody gives or takes their own roles: ask another admin."};
/// The person has it already.
inline constexpr Refusal kRoleHeld{absl::StatusCode::kAlreadyExists, "ROLE_HELD",
                                   "This person has the role already."};
/// The person does not have it.
inline constexpr Refusal kRoleNotHeld{absl::StatusCode::kNotFound, "ROLE_NOT_HELD",
                                      "This person does not have the role."};
/// Somebody must be left who gives roles.
inline constexpr Refusal kLastAdmin{absl::StatusCode::kFailedPrecondition, "LAST_ADMIN",
                                    "The last admin stays: give another person the role first."};

/// A role a person has.
struct RoleGrant {
  Role role = Role::kSupport;
  std::string granted_by;  ///< "operators/mei" or "config".
  absl::Time granted_at;
  std::string reason;
};

/// A person and their roles.
struct StaffMember {
  std::string person;  ///< As in their certificate: "mei".
  std::vector<RoleGrant> grants;
};

/// "staff/mei".
std::string NameOf(const StaffMember& member);

/// Whether the person has one of the roles.
bool HasOneOf(const StaffMember& member, const std::vector<Role>& roles);

}  // namespace houbu::account
