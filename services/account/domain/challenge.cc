#include "services/account/domain/challenge.h"

namespace houbu::account {

absl::string_view CodePurposeName(CodePurpose purpose) {
  switch (purpose) {
    case CodePurpose::kSignIn:
      return "SIGN_IN";
    case CodePurpose::kPhoneChange:
      return "PHONE_CHANGE";
    case CodePurpose::kEmailChange:
      return "EMAIL_CHANGE";
  }
  return "";
}

bool GoesByEmail(const Challenge& challenge) {
  return challenge.destination.find('@') != std::string::npos;
}

absl::Status CheckBudgets(const CodesAsked& asked, const CodePolicy& policy) {
  if (asked.identifier_day >= policy.per_identifier_day_max) {
    return WithRetryAfter(Refuse(kTooManyCodes), absl::Hours(6));
  }
  if (asked.identifier_hour >= policy.per_identifier_hour_max ||
      asked.address_hour >= policy.per_address_hour_max ||
      asked.total_hour >= policy.total_hour_max) {
    return WithRetryAfter(Refuse(kTooManyCodes), absl::Minutes(10));
  }
  return absl::OkStatus();
}

bool DestinationMayGet(const CodesAsked& asked, const CodePolicy& policy) {
  return asked.destination_day < policy.per_identifier_day_max;
}

bool IsOpen(const Challenge& challenge, CodePurpose purpose, absl::Time now,
            const CodePolicy& policy) {
  return challenge.purpose == purpose && !challenge.used && now < challenge.expires_at &&
         challenge.attempts < policy.attempts_max && !challenge.destination.empty();
}

}  // namespace houbu::account
