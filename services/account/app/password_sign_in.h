/// Signing in by password.
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/account/app/ports_sign_in.h"
#include "services/account/app/second_factor.h"
#include "services/account/domain/lockout.h"

namespace houbu::account {

/// Opens sessions for passwords. Whether there is an account cannot be told from answer or time:
/// every attempt is counted first, and hashes.
class PasswordSignIn final {
 public:
  /// What it needs; all of it must outlive it.
  struct Tools {
    CredentialStore& credentials;
    SessionStore& sessions;
    FailureCounts& failures;
    PasswordHasher& hasher;
    SecondFactor& second_factor;
    const Clock& clock;
    IdSource& ids;
    LockoutPolicy lockout_policy;
    SessionPolicy session_policy;
  };

  /// Uses its tools.
  explicit PasswordSignIn(Tools tools) : tools_(tools) {}

  /// What is shown.
  struct Proof {
    Identifier identifier;
    std::string password;  ///< As NormalisePassword gives it.
    std::string second_factor;
    Origin origin;
  };

  /// Opens a session; gives the answer's bytes. SIGN_IN_REFUSED, SIGN_IN_LOCKED with a delay,
  /// RESOURCE_EXHAUSTED when too many sign in at once, what SecondFactor refuses, and
  /// ACCOUNT_RESTRICTED for who may not sign in.
  Task<std::string> Open(Proof proof, Mutation<Session> mutation);

 private:
  /// What an attempt counts for: who is meant, and the address where one is known.
  Task<std::vector<FailureCount>> CountsOf(Proof proof, std::optional<Credentials> known,
                                           absl::Time now);
  Task<void> CountAttempt(std::vector<FailureCount> counts, absl::Time now);
  Task<void> Check(Proof proof, std::optional<Credentials> known);

  Tools tools_;
};

}  // namespace houbu::account
