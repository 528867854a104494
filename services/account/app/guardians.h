/// Guardianships as use cases: proposed with a proof, decided by staff, ended.
#pragma once

#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/account/app/ports_guardian.h"

namespace houbu::account {

/// What an account proposes.
struct GuardianProposal {
  std::string account;
  std::string ward;                  ///< "pg-...".
  std::string proof;                 ///< "accounts/ac-.../attachments/...".
  std::string consent_text_version;  ///< "" for none.
  std::string consent_channel;
};

/// Keeps guardianships.
class Guardians final {
 public:
  /// Uses what it is given, which must outlive it.
  Guardians(GuardianStore& store, PassengerStore& passengers, Proofs& proofs, const Clock& clock,
            IdSource& ids)
      : store_(store), passengers_(passengers), proofs_(proofs), clock_(clock), ids_(ids) {}

  /// Proposes that the account is the guardian of one of its passengers; gives the answer's bytes.
  /// PASSENGER_NOT_FOUND, NO_WARD, GUARDIANSHIP_EXISTS; a proof that is not the account's and a
  /// missing consent are violations.
  Task<std::string> Propose(GuardianProposal proposal, Mutation<Guardianship> mutation);

  /// Returns guardianships: an account's, or those that wait for staff.
  Task<std::vector<Guardianship>> List(std::string account, std::string after, int limit);

  /// Accepts or rejects; gives the answer's bytes. GUARDIANSHIP_NOT_FOUND, GUARDIANSHIP_DECIDED.
  Task<std::string> Decide(std::string account, std::string id, bool is_acceptance,
                           std::string reason, Mutation<Guardianship> mutation);

  /// Ends; gives the answer's bytes. GUARDIANSHIP_NOT_FOUND, GUARDIANSHIP_DECIDED.
  Task<std::string> End(std::string account, std::string id, std::string reason,
                        Mutation<Guardianship> mutation);

 private:
  GuardianStore& store_;
  PassengerStore& passengers_;
  Proofs& proofs_;
  const Clock& clock_;
  IdSource& ids_;
};

}  // namespace houbu::account
