#include "services/account/domain/staff.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace houbu::account {
namespace {

constexpr const char* kNames[] = {"support", "reviewer", "finance", "admin"};

}  // namespace

absl::string_view NameOf(Role role) { return kNames[static_cast<int>(role)]; }

std::optional<Role> ParseRole(absl::string_view name) {
  const auto* const found = std::find(std::begin(kNames), std::end(kNames), name);
  if (found == std::end(kNames)) {
    return std::nullopt;
  }
  return static_cast<Role>(found - std::begin(kNames));
}

std::string NameOf(const StaffMember& member) { return absl::StrCat("staff/", member.person); }

bool HasOneOf(const StaffMember& member, const std::vector<Role>& roles) {
  return std::any_of(member.grants.begin(), member.grants.end(), [&roles](const RoleGrant& grant) {
    return std::find(roles.begin(), roles.end(), grant.role) != roles.end();
  });
}

}  // namespace houbu::account
