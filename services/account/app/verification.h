/// Who may use the waitlist: verified holders and active members (W-01).
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/account/app/check_ending.h"
#include "services/account/app/ports_consent.h"
#include "services/account/app/ports_verification.h"

namespace houbu::account {

/// Verifies holders and makes members.
class Verifications final {
 public:
  /// What it works with; all outlive it.
  struct Tools {
    AccountStore& accounts;
    PassengerStore& passengers;
    CheckStore& checks;
    IdentityProvider& provider;
    CheckEndings& endings;
    ConsentCheck& consents;
    const Clock& clock;
    IdSource& ids;
    CheckPolicy policy;
  };

  /// Works with `tools`.
  explicit Verifications(Tools tools) : tools_(std::move(tools)) {}

  /// Returns the account; ACCOUNT_NOT_FOUND.
  Task<Account> Get(std::string account);

  /// Has the provider compare the holder's face, name and number: pending while it is asked, then
  /// verified or rejected with the reason; gives the answer's bytes. A provider that answers later
  /// leaves it pending, and that is the answer. One that is away leaves it pending too,
  /// UNAVAILABLE: the same request goes on from there. CHECK_UNDER_WAY while another request's
  /// check waits for the provider; CONSENT_REQUIRED; TOO_MANY_CHECKS with a delay when as many as
  /// the policy allows came to a result within a day.
  Task<std::string> Verify(std::string account, std::string passenger, std::string face_token,
                           Mutation<Account> mutation);

  /// Makes the account an active member; audited with `reason`; gives the answer's bytes.
  Task<std::string> ActivateMembership(std::string account, std::string reason,
                                       Mutation<Account> mutation);

 private:
  Task<void> RequireFewChecks(std::string account, absl::Time now);
  Task<std::string> Resume(IdentityCheck check, Passenger holder, std::string face_token,
                           Mutation<Account> mutation);
  Task<void> Settle(IdentityCheck open);
  Task<std::string> Begin(Account account, Passenger holder, std::string face_token,
                          Mutation<Account> mutation);
  Task<std::string> Compare(IdentityCheck check, Passenger holder, std::string face_token,
                            Mutation<Account> mutation);
  Task<std::string> AnswerLater(IdentityCheck check, Mutation<Account> mutation);
  Task<std::string> Confirm(Account account, Mutation<Account> mutation);

  Tools tools_;
};

}  // namespace houbu::account
