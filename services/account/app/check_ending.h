/// The end of an identity check, whoever brings its result first: the answer to the request, the
/// provider's callback, or asking after it.
#pragma once

#include <optional>
#include <string>

#include "libs/base/clock.h"
#include "services/account/app/ports_verification.h"

namespace houbu::account {

/// Ends checks, each once.
class CheckEndings final {
 public:
  /// What it works with; all outlive it.
  struct Tools {
    AccountStore& accounts;
    PassengerStore& passengers;
    CheckStore& checks;
    const Clock& clock;
    CheckCounter count;
  };

  /// Works with `tools`.
  explicit CheckEndings(Tools tools) : tools_(std::move(tools)) {}

  /// Ends a check for the request that waits; gives the answer's bytes. Where it has ended
  /// meanwhile, the answer is the account as it is.
  Task<std::string> Answer(IdentityCheck check, Verdict verdict, Mutation<Account> mutation);

  /// Ends a check nobody waits for; the holder is told. Nothing where it has ended.
  Task<void> EndLate(IdentityCheck check, Verdict verdict);

  /// Answers a request with the account as it is; gives the answer's bytes.
  Task<std::string> AnswerAsIs(std::string account, Mutation<Account> mutation);

 private:
  Task<std::string> Conclude(IdentityCheck check, Verdict verdict,
                             std::optional<Mutation<Account>> mutation);
  Task<std::string> TryEnd(IdentityCheck check, Verdict verdict,
                           std::optional<Mutation<Account>> mutation);
  Task<Passenger> HolderNow(std::string account, std::string passenger);

  Tools tools_;
};

/// What a finding that is decided makes of a holder.
Verdict VerdictOf(const Finding& finding);

}  // namespace houbu::account
