/// Staff as a part of the account service: their settings, and what they become.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

#include "libs/base/id.h"
#include "libs/process/process.h"
#include "services/account/app/staff.h"
#include "services/account/rpc/own_staff.h"
#include "services/account/rpc/staff_handlers.h"
#include "services/account/storage/audit_chain.h"
#include "services/account/storage/postgres_staff_store.h"

namespace houbu::account {

/// The settings of staff.
struct StaffConfig {
  std::vector<std::string> admins;

  /// Binds staff.*.
  void Bind(process::Binder& binder) {
    binder.Optional("staff.admins", &admins,
                    "The first admins, by the persons' names in their certificates; who was one "
                    "before is not made one again.");
  }
};

/// Adds staff, and has the seam look at their roles.
inline absl::Status AddStaff(process::Parts& parts, process::Environment& env,
                             const StaffConfig& config, AuditStore& audit) {
  for (const std::string& person : config.admins) {
    if (!IsValidId(person)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "staff.admins: \"", person, "\" is no name of a person: a-z, 0-9 and -, at most 63"));
    }
  }
  auto& store = parts.Own<PostgresStaffStore>(env.postgres());
  auto& staff =
      parts.Own<Staff>(store, audit, env.clock(), [] { return std::chrono::steady_clock::now(); });
  auto& own = parts.Own<OwnStaff>(staff);
  env.seam().GuardRoles(parts.Own<rpc::StaffGuard>(own));
  parts.Serve<StaffHandlers>(env.seam(), staff);
  process::Preparation appointing;
  appointing.name = "first_admins";
  appointing.prepare = [&staff, admins = config.admins] { return staff.Appoint(admins); };
  parts.preparations.push_back(std::move(appointing));
  return absl::OkStatus();
}

}  // namespace houbu::account
