/// What makes a password good enough (NIST 800-63B): its length and that nobody else has it, and no
/// rule of composition.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "libs/base/refusal.h"

namespace houbu::account {

/// The shortest password that may stand alone, and the one beside a second factor; characters.
inline constexpr int kPasswordAloneMin = 15;
/// See kPasswordAloneMin.
inline constexpr int kPasswordWithFactorMin = 8;
/// The longest that is taken, characters: enough for any sentence.
inline constexpr int kPasswordMax = 256;

/// Everything about a password that is wrong or missing: one answer for all causes.
inline constexpr Refusal kSignInRefused{absl::StatusCode::kUnauthenticated, "SIGN_IN_REFUSED",
                                        "Who you are and the password do not fit together."};
/// The password is right and the second factor is to come.
inline constexpr Refusal kSecondFactorRequired{
    absl::StatusCode::kFailedPrecondition, "SECOND_FACTOR_REQUIRED",
    "Give the code of your authenticator, or a recovery code, too."};
/// The second factor is wrong or was used before.
inline constexpr Refusal kSecondFactorRefused{absl::StatusCode::kUnauthenticated,
                                              "SECOND_FACTOR_REFUSED",
                                              "The code of the second factor does not fit."};
/// The second factor cannot go while the password is too short to stand alone.
inline constexpr Refusal kPasswordNeedsFactor{
    absl::StatusCode::kFailedPrecondition, "PASSWORD_NEEDS_FACTOR",
    "Your password is shorter than 15 characters: make it longer first."};
/// There is no second factor to confirm or remove.
inline constexpr Refusal kNoSecondFactor{absl::StatusCode::kFailedPrecondition, "NO_SECOND_FACTOR",
                                         "Begin the second factor first."};
/// There is one already.
inline constexpr Refusal kSecondFactorOn{absl::StatusCode::kFailedPrecondition, "SECOND_FACTOR_ON",
                                         "A second factor is on; turn it off first."};
/// Credentials are changed by who signed in just now.
inline constexpr Refusal kRecentSignInRequired{
    absl::StatusCode::kFailedPrecondition, "RECENT_SIGN_IN_REQUIRED",
    "Sign in again first: this needs a sign-in of the last ten minutes."};
/// Another account has the address.
inline constexpr Refusal kAddressTaken{absl::StatusCode::kAlreadyExists, "ADDRESS_TAKEN",
                                       "Another account signs in by this address."};

/// NFKC, nothing else: the same whatever keyboard typed it. "" for text that is not UTF-8.
std::string NormalisePassword(absl::string_view typed);

/// Knows the passwords everybody tries, in lower case.
using IsCommon = std::function<bool(absl::string_view)>;

/// Says what is wrong with a new password in its normal form, "" when nothing is. `own` are the
/// account's own addresses; `common` knows the passwords everybody tries, in lower case.
std::string PasswordFault(absl::string_view password, bool has_second_factor,
                          const std::vector<std::string>& own, const IsCommon& common);

/// Whether the password is long enough to stand without a second factor.
bool StandsAlone(absl::string_view password);

}  // namespace houbu::account
