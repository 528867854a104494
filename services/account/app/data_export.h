/// All that account keeps of a person, for that person.
#pragma once

#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "services/account/app/ports_attachments.h"
#include "services/account/app/ports_audit.h"
#include "services/account/app/ports_consent.h"
#include "services/account/app/ports_guardian.h"
#include "services/account/app/ports_restriction.h"
#include "services/account/app/ports_sign_in.h"
#include "services/account/app/sessions.h"

namespace houbu::account {

/// What is kept of an account's holder and their passengers, in plain.
struct PersonalRecord {
  Account account;
  Credentials credentials;
  std::vector<Passenger> passengers;
  std::vector<Session> sessions;
  std::vector<Attachment> attachments;
  std::vector<Guardianship> guardianships;
  std::vector<Restriction> restrictions;
  std::vector<PurposeConsent> consents;
  absl::Time gathered_at;
};

/// Gathers personal data.
class DataExports final {
 public:
  /// What it needs; all of it must outlive it.
  struct Tools {
    AccountStore& accounts;
    CredentialStore& credentials;
    PassengerStore& passengers;
    SessionStore& session_store;
    AttachmentStore& attachments;
    GuardianStore& guardians;
    RestrictionStore& restrictions;
    ConsentStore& consents;
    AuditStore& audit;
    Sessions& sessions;
    const Clock& clock;
  };

  /// Uses its tools.
  explicit DataExports(Tools tools) : tools_(tools) {}

  /// Gathers all that is kept of an account, asked for from one of its sessions; audited before
  /// anything is given. RECENT_SIGN_IN_REQUIRED, ACCOUNT_NOT_FOUND.
  Task<PersonalRecord> Gather(std::string account, std::string session);

 private:
  Task<std::vector<Session>> ListSessions(std::string account, absl::Time now);

  Tools tools_;
};

}  // namespace houbu::account
