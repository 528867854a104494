/// A comparison of person, name and number by the identity provider (W-01), which answers at once,
/// late, or never.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"
#include "services/account/domain/account.h"

namespace houbu::account {

/// One comparison, from asking to its end.
struct IdentityCheck {
  std::string id;  ///< "ic-...": by which the provider knows it and compares once.
  std::string account;
  std::string passenger;
  std::string request_id;   ///< Of the request that asked for it.
  std::string fingerprint;  ///< Of that request's content.
  absl::Time asked_at;
  std::optional<absl::Time> asking_until;  ///< While a call that asks for it may be under way.
  bool taken = false;                      ///< The provider said that it answers later.
  bool ended = false;                      ///< Decided, or given up.
};

/// How holders are compared.
struct CheckPolicy {
  int per_day_max = 5;                             ///< Comparisons that came to a result.
  absl::Duration call_max = absl::Seconds(5);      ///< How long asking for one may take.
  absl::Duration wait_max = absl::Minutes(30);     ///< How long a late answer is waited for.
  absl::Duration ask_interval = absl::Seconds(5);  ///< Until first asked after; then ever longer.
};

/// Why a check ended without a result: nothing came within CheckPolicy::wait_max, or the provider
/// lost what it had taken.
inline constexpr char kProviderSilent[] = "PROVIDER_SILENT";
/// Why a check ended without effect: another one, or something else, settled the account meanwhile.
inline constexpr char kSuperseded[] = "SUPERSEDED";

/// Its result says nothing of whoever stands there now.
inline constexpr Refusal kHolderChanged{absl::StatusCode::kFailedPrecondition, "HOLDER_CHANGED",
                                        "The holder's card is another now."};
/// One comparison at a time.
inline constexpr Refusal kCheckUnderWay{
    absl::StatusCode::kFailedPrecondition, "CHECK_UNDER_WAY",
    "Your identity is being checked: you will be told what came of it."};
/// It has its result.
inline constexpr Refusal kCheckDecided{absl::StatusCode::kAborted, "CHECK_DECIDED",
                                       "The check has come to an end meanwhile."};
/// None of ours.
inline constexpr Refusal kCheckNotFound{absl::StatusCode::kNotFound, "CHECK_NOT_FOUND",
                                        "There is no such check."};

/// How a check ends.
struct Verdict {
  Verification verification = Verification::kUnverified;
  std::string reason;
  bool is_about_card = false;  ///< It says something of the card that was shown, of no other.
};

/// The end of a check nobody answered.
Verdict SilentVerdict();

/// The end of a check whose holder has another card now, or is no more.
Verdict ChangedVerdict();

/// The end of a check whose holder is another account's.
Verdict TakenVerdict();

/// Whether the provider said something that counts; false: the check was given up.
bool IsResult(const Verdict& verdict);

/// What is counted of a check's end: its reason, MATCH where there is none.
absl::string_view OutcomeOf(const Verdict& verdict);

/// Whether nothing is waited for any more.
bool IsOverdue(const IdentityCheck& check, const CheckPolicy& policy, absl::Time now);

/// Whether a provider that says it knows nothing of the check is believed: it had taken it, and
/// whatever was on its way has arrived. A check it never took waits for its request to come again.
bool IsLost(const IdentityCheck& check, absl::Time now);

/// Whether the call that asks for it may still be under way.
bool IsBeingAsked(const IdentityCheck& check, absl::Time now);

}  // namespace houbu::account
