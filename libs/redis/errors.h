/// How Redis' failures look to a store.
///
/// | error reply | status |
/// |---|---|
/// | none came; LOADING, BUSY, READONLY, OOM, MISCONF, CLUSTERDOWN, MOVED, ... | UNAVAILABLE |
/// | ERR, WRONGTYPE, CROSSSLOT, NOPERM, ... : our bug | INTERNAL |
/// | any other "CODE text": a script's refusal | FAILED_PRECONDITION, ReasonOf() = CODE |
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "libs/base/refusal.h"

namespace houbu::redis {

/// Redis cannot be reached, is not ready, or did not answer in time. What was sent may have been
/// done.
inline constexpr Refusal kUnavailable{absl::StatusCode::kUnavailable, "REDIS_UNAVAILABLE",
                                      "Redis cannot be reached."};

/// Returns the failure an error reply stands for.
absl::Status StatusOfError(absl::string_view error);

/// Returns kUnavailable with the cause appended to its message: for logs.
absl::Status UnavailableBecause(absl::string_view cause);

}  // namespace houbu::redis
