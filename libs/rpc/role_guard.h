/// Who decides whether an operator has a role: the port through which the seam asks.
#pragma once

#include <absl/status/status.h>

#include "libs/async/task.h"
#include "libs/rpc/access.h"
#include "libs/rpc/call.h"

namespace houbu::rpc {

/// Refuses an operator without any of the roles a method is for.
inline constexpr Refusal kRoleMissing{absl::StatusCode::kPermissionDenied, "ROLE_MISSING",
                                      "This needs a role you do not have."};

/// Looks at roles for the seam. A service that serves a method with roles and gives the seam none
/// does not start.
class RoleGuard {
 public:
  virtual ~RoleGuard() = default;

  /// Learns of a method with roles before it is served; fails for a role there is not.
  virtual absl::Status Learn(const MethodRule& rule) = 0;

  /// Is asked on every call of a method with roles whose caller is known and, but for the roles,
  /// `refused` or let in. Ok for who may go on; else the refusal, which it may take note of. Who
  /// was refused before stays refused.
  virtual async::Task<void> Admit(Caller caller, const MethodRule& rule, absl::Status refused) = 0;
};

}  // namespace houbu::rpc
