/// Signing in by one-time code.
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/account/app/ports_sign_in.h"
#include "services/account/app/second_factor.h"

namespace houbu::account {

/// Starts and completes sign-ins by code.
class CodeSignIn final {
 public:
  /// What it needs; all of it must outlive it.
  struct Tools {
    ChallengeStore& challenges;
    CredentialStore& credentials;
    AccountStore& accounts;
    SessionStore& sessions;
    Messenger& messenger;
    SecondFactor& second_factor;
    const DerivedSecrets& secrets;
    const Clock& clock;
    IdSource& ids;
    CodePolicy code_policy;
    SessionPolicy session_policy;
  };

  /// Uses its tools.
  explicit CodeSignIn(Tools tools) : tools_(tools) {}

  /// Makes a challenge whose code is sent at once; gives the answer's bytes, the same whether or
  /// not there is an account. Refuses TOO_MANY_CODES.
  Task<std::string> Start(Identifier identifier, std::string language, std::string address,
                          Mutation<Challenge> mutation);

  /// What comes back.
  struct Proof {
    std::string challenge;
    std::string code;
    std::string second_factor;
    Origin origin;
  };

  /// Exchanges a code for a session, opening the account of a phone that has none; gives the
  /// answer's bytes. Refuses CODE_REFUSED, the same for every cause, what SecondFactor does,
  /// and ACCOUNT_RESTRICTED for who may not sign in.
  Task<std::string> Complete(Proof proof, Mutation<Session> mutation);

 private:
  Task<std::string> CompleteOnce(Proof proof, Mutation<Session> mutation);
  Task<Challenge> Redeem(std::string id, std::string code, absl::Time now);

  Tools tools_;
};

}  // namespace houbu::account
