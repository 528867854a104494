/// Sends the codes of challenges. It is a loop and no part of asking for a code, so that the time
/// an answer takes does not tell whether anybody gets one.
#pragma once

#include "libs/base/clock.h"
#include "services/account/app/ports_sign_in.h"

namespace houbu::account {

/// Sends what is still to be sent. Several processes may do it: a challenge's code goes out once.
class CodeDispatch final {
 public:
  /// Uses what it is given, which must outlive it.
  CodeDispatch(ChallengeStore& store, Messenger& messenger, const DerivedSecrets& secrets,
               const Clock& clock)
      : store_(store), messenger_(messenger), secrets_(secrets), clock_(clock) {}

  /// One round: sends up to a hundred codes. UNAVAILABLE when the messenger is away; a code it will
  /// never take is given up.
  Task<void> Round();

 private:
  ChallengeStore& store_;
  Messenger& messenger_;
  const DerivedSecrets& secrets_;
  const Clock& clock_;
};

}  // namespace houbu::account
