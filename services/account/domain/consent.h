/// Consents to what is done with sensitive data, purpose by purpose (R-17; PIPL, Art. 29).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"

namespace houbu::account {

/// There is none, it is another account's, or it has ended.
inline constexpr Refusal kConsentNotFound{absl::StatusCode::kNotFound, "CONSENT_NOT_FOUND",
                                          "There is no such consent that stands."};
/// It takes a consent; metadata says for which purpose and to which text.
inline constexpr Refusal kConsentRequired{
    absl::StatusCode::kFailedPrecondition, "CONSENT_REQUIRED",
    "This takes the holder's consent: show the text, then record the consent."};
/// The text was changed since it was shown; metadata names the one in force.
inline constexpr Refusal kConsentTextOutdated{absl::StatusCode::kFailedPrecondition,
                                              "CONSENT_TEXT_OUTDATED",
                                              "Another text is in force: show that one."};
/// It was given or taken back at the same time.
inline constexpr Refusal kConsentChanged{absl::StatusCode::kAborted, "CONSENT_CHANGED",
                                         "The consent changed meanwhile."};

/// What something is done for.
enum class ConsentPurpose { kIdentityVerification, kHealthDocuments };

/// The name under which a purpose is kept: "IDENTITY_VERIFICATION".
absl::string_view NameOf(ConsentPurpose purpose);

/// Reads what NameOf gave.
absl::StatusOr<ConsentPurpose> ParseConsentPurpose(absl::string_view name);

/// The text in force for each purpose.
using ConsentTexts = std::map<ConsentPurpose, std::string>;

/// A consent for one purpose.
struct PurposeConsent {
  std::string id;  ///< "cs-...".
  std::string account;
  ConsentPurpose purpose = ConsentPurpose::kIdentityVerification;
  std::string text_version;  ///< "identity-verification-2026-11".
  std::string channel;       ///< "WEB", "APP", "COUNTER".
  absl::Time given_at;
  std::optional<absl::Time> ended_at;
};

/// "accounts/ac-.../consents/cs-...".
std::string NameOf(const PurposeConsent& consent);

/// Refuses without a standing consent to the text in force.
absl::Status CheckConsent(const std::optional<PurposeConsent>& standing, ConsentPurpose purpose,
                          const std::string& text_version);

}  // namespace houbu::account
