/// Lost races: two facts of one payment at once are both right; the loser reckons again.
#pragma once

#include "absl/time/time.h"

#include "libs/async/retry.h"

namespace houbu::payment {

/// How often a change is reckoned again after another one came first.
inline constexpr async::RetryPolicy kRaces{.attempts_max = 6,
                                           .backoff_first = absl::Milliseconds(5),
                                           .backoff_max = absl::Milliseconds(200)};

}  // namespace houbu::payment
