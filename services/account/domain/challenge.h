/// One-time codes: sent to a phone or an e-mail address, typed back within minutes, once.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"

namespace houbu::account {

/// Too many codes were asked for.
inline constexpr Refusal kTooManyCodes{absl::StatusCode::kResourceExhausted, "TOO_MANY_CODES",
                                       "Too many codes were asked for; wait a while."};
/// The code is not the one sent, or its challenge is unknown, used or over: one answer for all.
inline constexpr Refusal kCodeRefused{absl::StatusCode::kUnauthenticated, "CODE_REFUSED",
                                      "The code does not fit or is no longer valid."};

/// What a code is for: it serves nothing else.
enum class CodePurpose { kSignIn, kPhoneChange, kEmailChange };

/// The name under which a purpose is kept: "SIGN_IN".
absl::string_view CodePurposeName(CodePurpose purpose);

/// A code under way. The code itself is not kept: it follows from the challenge's id and a secret
/// key.
struct Challenge {
  std::string id;  ///< "sc-...". Random: only who asked knows it.
  CodePurpose purpose = CodePurpose::kSignIn;
  std::string account;      ///< "ac-..."; empty where a phone has none yet.
  std::string destination;  ///< Phone or e-mail; personal. Empty: nobody gets a code.
  std::string language;
  int attempts = 0;
  bool used = false;
  absl::Time created_at;
  absl::Time expires_at;
};

/// Whether the destination is an e-mail address.
bool GoesByEmail(const Challenge& challenge);

/// How codes live, and how many there may be.
struct CodePolicy {
  absl::Duration life = absl::Minutes(10);
  int attempts_max = 5;              ///< Tries at one code.
  int per_identifier_hour_max = 10;  ///< Asked for one phone number, e-mail or resident ID.
  int per_identifier_day_max = 20;   ///< The same within 24 hours: at most 100 guesses a day.
  int per_address_hour_max = 200;    ///< Asked from one network address.
  int total_hour_max = 200'000;      ///< Asked by everybody: what sending may cost.
};

/// How many codes were asked for lately.
struct CodesAsked {
  int identifier_hour = 0;
  int identifier_day = 0;
  int destination_day = 0;  ///< By whatever identifier they came to the destination.
  int address_hour = 0;
  int total_hour = 0;
};

/// Refuses TOO_MANY_CODES, with a delay, where a budget is used up. The destination's budget is not
/// looked at here: to refuse by it would tell that the identifier has an account.
absl::Status CheckBudgets(const CodesAsked& asked, const CodePolicy& policy);

/// Whether the destination may get another code; where not, the challenge goes to nobody.
bool DestinationMayGet(const CodesAsked& asked, const CodePolicy& policy);

/// Whether a code for the purpose may still be tried against the challenge at `now`.
bool IsOpen(const Challenge& challenge, CodePurpose purpose, absl::Time now,
            const CodePolicy& policy);

}  // namespace houbu::account
