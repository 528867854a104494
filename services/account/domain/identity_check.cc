#include "services/account/domain/identity_check.h"

namespace houbu::account {
namespace {

constexpr absl::Duration kArrival = absl::Minutes(1);

}  // namespace

Verdict SilentVerdict() { return {Verification::kUnverified, kProviderSilent, false}; }

Verdict ChangedVerdict() { return {Verification::kUnverified, kHolderChanged.reason, false}; }

Verdict TakenVerdict() { return {Verification::kRejected, kHolderTaken.reason, false}; }

bool IsResult(const Verdict& verdict) {
  return verdict.reason != kProviderSilent && verdict.reason != kSuperseded;
}

absl::string_view OutcomeOf(const Verdict& verdict) {
  return verdict.verification == Verification::kVerified ? absl::string_view("MATCH")
                                                         : absl::string_view(verdict.reason);
}

bool IsOverdue(const IdentityCheck& check, const CheckPolicy& policy, absl::Time now) {
  return now - check.asked_at >= policy.wait_max;
}

bool IsLost(const IdentityCheck& check, absl::Time now) {
  return check.taken && now - check.asked_at >= kArrival;
}

bool IsBeingAsked(const IdentityCheck& check, absl::Time now) {
  return check.asking_until.has_value() && now < *check.asking_until;
}

}  // namespace houbu::account
