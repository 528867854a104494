#include "libs/identity/staff_roles.h"

#include <algorithm>
#include <utility>

namespace houbu::identity {

void StaffRoles::Learn(RolesOfPersons roles) {
  const std::lock_guard<std::mutex> lock(mutex_);
  roles_ = std::move(roles);
  is_known_ = true;
}

bool StaffRoles::is_known() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return is_known_;
}

bool StaffRoles::HasOneOf(const std::string& person, const std::vector<std::string>& roles) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = roles_.find(person);
  if (found == roles_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [&roles](const std::string& held) {
    return std::find(roles.begin(), roles.end(), held) != roles.end();
  });
}

}  // namespace houbu::identity
