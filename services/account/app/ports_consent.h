/// What consents need of the outside, and what others need of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/account/app/ports.h"
#include "services/account/domain/consent.h"

namespace houbu::account {

/// Where consents are kept.
class ConsentStore : public Answers {
 public:
  /// Returns an account's standing consent for a purpose, nothing when there is none.
  virtual Task<std::optional<PurposeConsent>> FindStanding(std::string account,
                                                           ConsentPurpose purpose) = 0;

  /// Returns a consent of an account that stands; CONSENT_NOT_FOUND.
  virtual Task<PurposeConsent> Load(std::string account, std::string id) = 0;

  /// Records a consent in place of the standing one. Returns the answer that stands.
  /// CONSENT_CHANGED when another was given meanwhile.
  virtual Task<std::string> Give(PurposeConsent consent, AuditEntry audit, Reply reply,
                                 absl::Time now) = 0;

  /// Stores the answer to a request that changes nothing. Returns the one that stands.
  virtual Task<std::string> Repeat(Reply reply, absl::Time now) = 0;

  /// Ends a consent and removes what was kept by it alone. Returns the answer that stands.
  /// CONSENT_CHANGED.
  virtual Task<std::string> Withdraw(PurposeConsent ended, AuditEntry audit, Reply reply,
                                     absl::Time now) = 0;

  /// Returns all consents of an account, oldest first, those after `after`.
  virtual Task<std::vector<PurposeConsent>> List(std::string account, std::string after,
                                                 int limit) = 0;
};

/// Whether somebody consented, for those who do what takes a consent.
class ConsentCheck {
 public:
  virtual ~ConsentCheck() = default;

  /// CONSENT_REQUIRED unless the account's consent to the text in force stands.
  virtual Task<void> Require(std::string account, ConsentPurpose purpose) = 0;
};

}  // namespace houbu::account
