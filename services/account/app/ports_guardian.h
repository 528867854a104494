/// What guardianships need of the outside: their record, and proofs.
#pragma once

#include <string>
#include <vector>

#include "services/account/app/ports.h"
#include "services/account/domain/guardian.h"

namespace houbu::account {

/// Tells for whom an account acts.
class AcceptedWards {
 public:
  virtual ~AcceptedWards() = default;

  /// Returns the ids of an account's passengers whose guardian it is by an accepted proof.
  virtual Task<std::vector<std::string>> WardsOf(std::string account) = 0;
};

/// Where guardianships are kept. Each change commits with its audit entry and its reply and returns
/// the answer that stands.
class GuardianStore : public Answers, public AcceptedWards {
 public:
  /// Records a proposal; GUARDIANSHIP_EXISTS when one of the ward waits or stands.
  virtual Task<std::string> Propose(Guardianship guardianship, AuditEntry audit, Reply reply,
                                    absl::Time now) = 0;

  /// Returns a guardianship of an account; GUARDIANSHIP_NOT_FOUND.
  virtual Task<Guardianship> Load(std::string account, std::string id) = 0;

  /// Returns an account's guardianships, oldest first, those after `after`; without an account all
  /// that wait for staff.
  virtual Task<std::vector<Guardianship>> List(std::string account, std::string after,
                                               int limit) = 0;

  /// Replaces a guardianship that stood as `before`; GUARDIANSHIP_DECIDED when somebody was faster.
  /// Statements of an account that no longer acts for somebody are taken back.
  virtual Task<std::string> Save(Guardianship changed, GuardianshipState before, AuditEntry audit,
                                 Reply reply, absl::Time now) = 0;
};

/// Knows the attachments that prove relationships.
class Proofs {
 public:
  virtual ~Proofs() = default;

  /// Whether the attachment of this name is a proof of the account's own that was not rejected.
  virtual Task<bool> IsOwn(std::string account, std::string attachment) = 0;
};

}  // namespace houbu::account
