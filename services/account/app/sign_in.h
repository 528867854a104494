/// Signing in by phone and one-time code.
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/account/app/ports.h"

namespace houbu::account {

/// Starts and completes sign-ins.
class SignIn final {
 public:
  /// Uses what it is given, which must outlive it.
  SignIn(AccountStore& store, Messenger& messenger, const CodeBook& codes, const Clock& clock,
         IdSource& ids, SignInPolicy policy)
      : store_(store),
        messenger_(messenger),
        codes_(codes),
        clock_(clock),
        ids_(ids),
        policy_(policy) {}

  /// Makes a challenge and sends its code; gives the answer's bytes. Refuses TOO_MANY_CODES.
  Task<std::string> Start(std::string phone, std::string language, Mutation<Challenge> mutation);

  /// Exchanges a code for a session, opening the account on the first sign-in; gives the answer's
  /// bytes. Refuses CODE_REFUSED, the same for every cause.
  Task<std::string> Complete(std::string challenge, std::string code, Mutation<Session> mutation);

 private:
  Task<std::string> CompleteOnce(std::string challenge, std::string code,
                                 Mutation<Session> mutation);

  AccountStore& store_;
  Messenger& messenger_;
  const CodeBook& codes_;
  const Clock& clock_;
  IdSource& ids_;
  SignInPolicy policy_;
};

}  // namespace houbu::account
