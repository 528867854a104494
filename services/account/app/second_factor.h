/// The second factor of those who have one: an authenticator, or a recovery code.
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "services/account/app/ports_sign_in.h"

namespace houbu::account {

/// Checks second factors, each code once.
class SecondFactor final {
 public:
  /// Uses what it is given, which must outlive it.
  SecondFactor(CredentialStore& store, const Authenticators& authenticators,
               const DerivedSecrets& secrets, const Clock& clock)
      : store_(store), authenticators_(authenticators), secrets_(secrets), clock_(clock) {}

  /// Uses `typed` up where the account has a second factor; SECOND_FACTOR_REQUIRED when it is
  /// empty, SECOND_FACTOR_REFUSED when it does not fit or was used.
  Task<void> Check(Credentials credentials, std::string typed);

 private:
  CredentialStore& store_;
  const Authenticators& authenticators_;
  const DerivedSecrets& secrets_;
  const Clock& clock_;
};

}  // namespace houbu::account
