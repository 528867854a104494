/// Growing pauses after wrong passwords. They slow a guesser down and cannot shut the holder
/// out: a device that signed in before has a count of its own, no pause is longer than an hour, and
/// codes are never locked.
#pragma once

#include <vector>

#include "absl/time/time.h"

#include "libs/base/refusal.h"

namespace houbu::account {

/// Too many wrong passwords; the delay says until when.
inline constexpr Refusal kSignInLocked{
    absl::StatusCode::kResourceExhausted, "SIGN_IN_LOCKED",
    "Too many attempts to sign in: wait as long as said, or sign in by code."};

/// How long the pauses are.
struct LockoutPolicy {
  int free_failures = 5;                           ///< Without a pause.
  int free_failures_of_address = 100;              ///< From one network address.
  absl::Duration first_pause = absl::Seconds(30);  ///< Doubled with each further failure.
  absl::Duration pause_max = absl::Hours(1);
  absl::Duration forgotten_after = absl::Hours(24);  ///< Without a failure.
};

/// The pause after the first, second, ... failure in a row; the last stands for all further ones.
std::vector<absl::Duration> PausesOf(const LockoutPolicy& policy, int free_failures);

}  // namespace houbu::account
