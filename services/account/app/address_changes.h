/// New phone numbers and e-mail addresses of accounts, proven by a code sent there.
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/account/app/ports_sign_in.h"
#include "services/account/app/sessions.h"

namespace houbu::account {

/// Changes the addresses by which an account is reached and signs in.
class AddressChanges final {
 public:
  /// What it needs; all of it must outlive it.
  struct Tools {
    ChallengeStore& challenges;
    CredentialStore& credentials;
    AccountStore& accounts;
    Sessions& sessions;
    Messenger& messenger;
    const DerivedSecrets& secrets;
    const Clock& clock;
    IdSource& ids;
    CodePolicy policy;
  };

  /// Uses its tools.
  explicit AddressChanges(Tools tools) : tools_(tools) {}

  /// What is asked for.
  struct Wish {
    std::string account;
    std::string session;  ///< The asker's.
    Identifier address;   ///< A phone number or an e-mail address.
    std::string language;
    std::string client_address;
  };

  /// Sends a code to the address; gives the answer's bytes. RECENT_SIGN_IN_REQUIRED,
  /// TOO_MANY_CODES.
  Task<std::string> Start(Wish wish, Mutation<Challenge> mutation);

  /// Gives the account the address; gives the answer's bytes. CODE_REFUSED, ADDRESS_TAKEN.
  Task<std::string> Complete(std::string account, std::string challenge, std::string code,
                             Mutation<Credentials> mutation);

 private:
  Task<void> TellContact(std::string account);

  Tools tools_;
};

}  // namespace houbu::account
