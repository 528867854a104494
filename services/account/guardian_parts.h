/// Guardians as a part of the account service: their settings, and what they become.
#pragma once

#include <string>

#include "libs/process/process.h"
#include "services/account/app/guardians.h"
#include "services/account/rpc/guardian_handlers.h"
#include "services/account/storage/postgres_guardian_store.h"
#include "services/account/storage/postgres_proofs.h"

namespace houbu::account {

/// The settings of guardians.
struct GuardianConfig {
  std::string required = "young_children";

  /// Binds guardians.*.
  void Bind(process::Binder& binder) {
    binder.Choice("guardians.required", &required, {"nobody", "young_children", "children"},
                  "Who travels only with an accepted guardian: nobody, children under 14, or "
                  "children under 18.");
  }

  /// The rule the setting names.
  GuardianRule rule() const {
    return required == "nobody"           ? GuardianRule::kNobody
           : required == "young_children" ? GuardianRule::kYoungChildren
                                          : GuardianRule::kChildren;
  }
};

/// Adds guardians over their store.
inline void AddGuardians(process::Parts& parts, process::Environment& env, GuardianStore& store,
                         PassengerStore& passengers) {
  auto& proofs = parts.Own<PostgresProofs>(env.postgres());
  auto& guardians = parts.Own<Guardians>(store, passengers, proofs, env.clock(), env.ids());
  parts.Serve<GuardianHandlers>(env.seam(), guardians);
}

}  // namespace houbu::account
