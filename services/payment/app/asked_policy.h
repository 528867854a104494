/// Which policy speaks where no payment says so.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"
#include "services/payment/domain/fee_policy.h"

namespace houbu::payment {

/// The policy called `profile`; the one in force at `now` when it is empty. An unknown one is a
/// violation of the field `profile`.
inline absl::StatusOr<FeePolicy> AskedPolicy(const PolicyBook& policies, const std::string& profile,
                                             absl::Time now) {
  if (profile.empty()) return policies.InForceAt(now);
  absl::StatusOr<FeePolicy> found = policies.Find(profile);
  if (found.ok()) return found;
  std::vector<std::string> known;
  for (const FeePolicy& policy : policies.policies()) known.push_back(policy.id);
  Violations violations;
  violations.Add("profile", absl::StrCat("must be one of ", absl::StrJoin(known, ", ")));
  return violations.ToStatus();
}

}  // namespace houbu::payment
