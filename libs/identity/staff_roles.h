/// Which roles the persons of the staff have, as the account service said last.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <mutex>
#include <string>
#include <vector>

namespace houbu::identity {

/// The roles of persons: "support", "finance", ...
using RolesOfPersons = absl::flat_hash_map<std::string, std::vector<std::string>>;

/// Knows the roles of staff. May be used from any thread.
class StaffRoles final {
 public:
  /// Takes note of all there are; who is not among them has none.
  void Learn(RolesOfPersons roles);

  /// Whether anything was learned ever.
  bool is_known() const;

  /// Whether a person has one of the roles.
  bool HasOneOf(const std::string& person, const std::vector<std::string>& roles) const;

 private:
  mutable std::mutex mutex_;
  RolesOfPersons roles_;
  bool is_known_ = false;
};

}  // namespace houbu::identity
