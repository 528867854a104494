/// What an account's holder changes about how they sign in.
#pragma once

#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "services/account/app/ports_sign_in.h"
#include "services/account/app/second_factor.h"
#include "services/account/app/sessions.h"
#include "services/account/domain/password.h"

namespace houbu::account {

/// Sets and removes passwords and second factors. Every change takes a recent sign-in.
class CredentialChanges final {
 public:
  /// What it needs; all of it must outlive it.
  struct Tools {
    CredentialStore& store;
    Sessions& sessions;
    PasswordHasher& hasher;
    const Authenticators& authenticators;
    SecondFactor& second_factor;
    const DerivedSecrets& secrets;
    IsCommon is_common;
    const Clock& clock;
  };

  /// Uses its tools.
  explicit CredentialChanges(Tools tools) : tools_(std::move(tools)) {}

  /// Who asks: the account and the session it is signed in with.
  struct Asker {
    std::string account;
    std::string session;
  };

  /// Returns the credentials; ACCOUNT_NOT_FOUND.
  Task<Credentials> Get(std::string account);

  /// Sets the password, given as NormalisePassword does, and ends all other sessions.
  /// INVALID_REQUEST names what is wrong with it.
  Task<std::string> SetPassword(Asker asker, std::string password, Mutation<Credentials> mutation);

  /// Takes the password away.
  Task<std::string> RemovePassword(Asker asker, Mutation<Credentials> mutation);

  /// Begins a second factor; what it came to is read by Get. SECOND_FACTOR_ON.
  Task<std::string> BeginTotp(Asker asker, Mutation<Credentials> mutation);

  /// Turns it on by a first code. NO_SECOND_FACTOR, SECOND_FACTOR_ON, SECOND_FACTOR_REFUSED.
  Task<std::string> ConfirmTotp(Asker asker, std::string code, Mutation<Credentials> mutation);

  /// Turns it off by a code. NO_SECOND_FACTOR, PASSWORD_NEEDS_FACTOR, SECOND_FACTOR_REFUSED.
  Task<std::string> RemoveTotp(Asker asker, std::string code, Mutation<Credentials> mutation);

  /// The recovery codes of the present authenticator.
  std::vector<std::string> RecoveryCodesOf(const Credentials& credentials) const;

 private:
  /// The stored answer of a repeated request; else nothing, and the sign-in is recent.
  Task<std::optional<std::string>> Begin(Asker asker, RequestKey key);
  std::vector<std::string> RecoveryHashesOf(const Credentials& credentials) const;

  Tools tools_;
};

}  // namespace houbu::account
