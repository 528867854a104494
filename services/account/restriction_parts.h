/// Restrictions as a part of the account service: their settings, and what they become.
#pragma once

#include "libs/process/process.h"
#include "services/account/app/restrictions.h"
#include "services/account/rpc/restriction_handlers.h"
#include "services/account/storage/postgres_restriction_store.h"

namespace houbu::account {

/// The settings of restrictions.
struct RestrictionConfig {
  RestrictionPolicy policy;

  /// Binds restrictions.*.
  void Bind(process::Binder& binder) {
    binder.Optional("restrictions.cancellations_max", &policy.cancellations.cancellations_max,
                    "So many cancellations of one's own within the window restrict booking.",
                    process::Range{.least = 1, .most = 1000});
    binder.Optional("restrictions.cancellations_window", &policy.cancellations.window,
                    "How far back from the last one cancellations are counted.");
    binder.Optional("restrictions.cancellations_length", &policy.cancellations.length,
                    "How long repeated cancellations restrict booking.");
    binder.Optional("restrictions.imposed_max", &policy.imposed_max,
                    "The longest time for which support may restrict an account.");
  }

  /// Refuses lengths that would never restrict anybody.
  absl::Status Check() const {
    const bool fits = policy.cancellations.window > absl::ZeroDuration() &&
                      policy.cancellations.length > absl::ZeroDuration() &&
                      policy.imposed_max > absl::ZeroDuration();
    return fits ? absl::OkStatus()
                : absl::InvalidArgumentError(
                      "restrictions.cancellations_window, cancellations_length and imposed_max "
                      "must be longer than nothing");
  }
};

/// Adds restrictions over their store.
inline absl::Status AddRestrictions(process::Parts& parts, process::Environment& env,
                                    const RestrictionConfig& config, RestrictionStore& store,
                                    AccountStore& accounts) {
  const absl::Status checked = config.Check();
  if (!checked.ok()) return checked;
  auto& restrictions =
      parts.Own<Restrictions>(store, accounts, env.clock(), env.ids(), config.policy);
  parts.Serve<RestrictionHandlers>(env.seam(), restrictions, env.clock());
  parts.Serve<CancellationListenerHandlers>(env.seam(), restrictions);
  return absl::OkStatus();
}

}  // namespace houbu::account
