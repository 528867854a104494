/// Consents as use cases: given, taken back, asked for.
#pragma once

#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/account/app/ports_consent.h"

namespace houbu::account {

/// Keeps consents.
class Consents final : public ConsentCheck {
 public:
  /// Uses what it is given, which must outlive it; `texts` are those in force.
  Consents(ConsentStore& store, const Clock& clock, IdSource& ids, ConsentTexts texts)
      : store_(store), clock_(clock), ids_(ids), texts_(std::move(texts)) {}

  /// Records a consent (account, purpose, text and channel are set); gives the answer's bytes.
  /// CONSENT_TEXT_OUTDATED. One that stands is given back.
  Task<std::string> Give(PurposeConsent consent, Mutation<PurposeConsent> mutation);

  /// Takes one back; gives the answer's bytes. CONSENT_NOT_FOUND.
  Task<std::string> Withdraw(std::string account, std::string id,
                             Mutation<PurposeConsent> mutation);

  /// Returns consents, oldest first.
  Task<std::vector<PurposeConsent>> List(std::string account, std::string after, int limit);

  Task<void> Require(std::string account, ConsentPurpose purpose) override;

  /// The texts in force.
  const ConsentTexts& texts() const { return texts_; }

 private:
  ConsentStore& store_;
  const Clock& clock_;
  IdSource& ids_;
  const ConsentTexts texts_;
};

}  // namespace houbu::account
