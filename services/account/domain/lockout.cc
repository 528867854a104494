#include "services/account/domain/lockout.h"

#include <cstddef>

namespace houbu::account {

std::vector<absl::Duration> PausesOf(const LockoutPolicy& policy, int free_failures) {
  std::vector<absl::Duration> pauses(static_cast<std::size_t>(free_failures), absl::ZeroDuration());
  for (absl::Duration pause = policy.first_pause; pause < policy.pause_max; pause *= 2) {
    pauses.push_back(pause);
  }
  pauses.push_back(policy.pause_max);
  return pauses;
}

}  // namespace houbu::account
