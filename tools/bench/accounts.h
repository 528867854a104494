/// Travellers that exist for the benchmark only: their access tokens and travel statements, signed
/// as the account service would, with the development key of the benchmark's own stack.
#pragma once

#include <map>
#include <string>

#include "absl/time/time.h"

#include "libs/base/clock.h"
#include "libs/identity/keys.h"

#include "houbu/type/v1/statement.pb.h"

namespace houbu::bench {

/// Signs for accounts that nobody has to make.
class Accounts final {
 public:
  /// Signs with `signer` at the time of `clock`, which must outlive this.
  Accounts(identity::Signer signer, const Clock& clock);

  /// What account `number` shows with its calls: "Bearer ...". The same for some minutes, as a
  /// signed-in person's.
  const std::string& Authorization(int number);

  /// What the account of this name shows, "accounts/ac-...".
  const std::string& AuthorizationOf(const std::string& account);

  /// Vouches for a traveller nobody has seen before, to account `number`.
  type::v1::SignedStatement StatementFor(int number);

 private:
  struct Session {
    std::string authorization;
    absl::Time fresh_until;
  };

  identity::Signer signer_;
  const Clock& clock_;
  std::string nonce_;                        // tells one run of the benchmark from another
  std::map<std::string, Session> sessions_;  // by account
  std::int64_t travellers_ = 0;
};

}  // namespace houbu::bench
