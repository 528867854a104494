/// Who may use the waitlist: verified holders and active members (W-01).
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/account/app/ports.h"

namespace houbu::account {

/// Verifies holders and makes members.
class Verifications final {
 public:
  /// Uses what it is given, which must outlive it.
  Verifications(AccountStore& accounts, PassengerStore& passengers, IdentityProvider& provider,
                const Clock& clock, IdSource& ids, CheckPolicy policy)
      : accounts_(accounts),
        passengers_(passengers),
        provider_(provider),
        clock_(clock),
        ids_(ids),
        policy_(policy) {}

  /// Returns the account; ACCOUNT_NOT_FOUND.
  Task<Account> Get(std::string account);

  /// Has the provider compare the holder's face, name and number: pending while it is asked, then
  /// verified or rejected with the reason; gives the answer's bytes. A provider that is away leaves
  /// it pending: the same request goes on from there. TOO_MANY_CHECKS with a delay when as many as
  /// the policy allows came to a result within a day.
  Task<std::string> Verify(std::string account, std::string passenger, std::string face_token,
                           Mutation<Account> mutation);

  /// Makes the account an active member; audited with `reason`; gives the answer's bytes.
  Task<std::string> ActivateMembership(std::string account, std::string reason,
                                       Mutation<Account> mutation);

 private:
  Task<void> RequireFewChecks(std::string account, absl::Time now);
  Task<std::string> Compare(Account account, Passenger holder, std::string face_token,
                            Mutation<Account> mutation);
  Task<std::string> End(Account account, IdentityCheck check, Mutation<Account> mutation);

  AccountStore& accounts_;
  PassengerStore& passengers_;
  IdentityProvider& provider_;
  const Clock& clock_;
  IdSource& ids_;
  CheckPolicy policy_;
};

}  // namespace houbu::account
