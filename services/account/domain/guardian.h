/// Guardians: who may book for children and elders. A guardian proves the relationship,
/// staff accept the proof; for children under 14 the guardian's consent is recorded with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"
#include "services/account/domain/passenger.h"

namespace houbu::account {

/// Under this age a child's data takes a guardian's consent (PIPL, Art. 31).
inline constexpr int kConsentAge = 14;
/// Under this age a person is a child.
inline constexpr int kAdultAge = 18;
/// From this age on a person is an elder.
inline constexpr int kElderAge = 60;

/// There is none, or it is another account's.
inline constexpr Refusal kGuardianshipNotFound{
    absl::StatusCode::kNotFound, "GUARDIANSHIP_NOT_FOUND", "There is no such guardianship."};
/// One waits or stands.
inline constexpr Refusal kGuardianshipExists{absl::StatusCode::kAlreadyExists,
                                             "GUARDIANSHIP_EXISTS",
                                             "A guardianship of this passenger waits or stands."};
/// Nobody's guardian is needed.
inline constexpr Refusal kNoWard{absl::StatusCode::kFailedPrecondition, "NO_WARD",
                                 "Guardians are for children under 18 and for elders from 60."};
/// It was decided, or is over.
inline constexpr Refusal kGuardianshipDecided{absl::StatusCode::kFailedPrecondition,
                                              "GUARDIANSHIP_DECIDED",
                                              "The guardianship does not wait for that any more."};
/// A child travels and nobody has shown to be its guardian.
inline constexpr Refusal kGuardianRequired{
    absl::StatusCode::kFailedPrecondition, "GUARDIAN_REQUIRED",
    "These passengers need a guardian: propose a guardianship with a proof of the relationship."};

/// Who is acted for.
enum class WardKind { kChild, kElder };

/// Where a guardianship stands.
enum class GuardianshipState { kPending, kAccepted, kRejected, kEnded };

/// The name under which a kind is kept: "CHILD".
absl::string_view NameOf(WardKind kind);

/// Reads what NameOf gave.
absl::StatusOr<WardKind> ParseWardKind(absl::string_view name);

/// The name under which a state is kept: "PENDING".
absl::string_view NameOf(GuardianshipState state);

/// Reads what NameOf gave.
absl::StatusOr<GuardianshipState> ParseGuardianshipState(absl::string_view name);

/// What a guardian agreed to for a child under 14.
struct Consent {
  std::string text_version;  ///< Which text was shown: "children-2026-11".
  std::string channel;       ///< Where: "WEB", "APP", "COUNTER".
  absl::Time given_at;
};

/// A guardianship: an account acts for one of its passengers.
struct Guardianship {
  std::string id;       ///< "gd-...".
  std::string account;  ///< "ac-...".
  std::string ward;     ///< "pg-...", a passenger of the account.
  WardKind kind = WardKind::kChild;
  std::string proof;  ///< "accounts/ac-.../attachments/...".
  std::optional<Consent> consent;
  GuardianshipState state = GuardianshipState::kPending;
  absl::Time proposed_at;
  std::string decided_by;  ///< "operators/mei"; "" while it waits.
  std::string reason;      ///< Why it was rejected or ended; what was seen when it was accepted.
  std::optional<absl::Time> decided_at;
  std::optional<absl::Time> ended_at;
};

/// "accounts/ac-.../guardianships/gd-...".
std::string NameOf(const Guardianship& guardianship);

/// The day it is in China, by which ages are reckoned.
absl::CivilDay ChinaDay(absl::Time now);

/// The day of birth that one of a passenger's documents tells, else the one that was said; nothing
/// where there is neither.
std::optional<absl::CivilDay> BirthDayOf(const Passenger& passenger);

/// What kind of ward a passenger is on a day, nothing for others. By the day of birth where it
/// is known, else by the kind of passenger that was said.
std::optional<WardKind> WardKindOf(const Passenger& passenger, absl::CivilDay today);

/// Whether a passenger is under 14 on a day; where no birth is known, children are.
bool TakesConsent(const Passenger& passenger, absl::CivilDay today);

/// A decision of staff about a guardianship that waits.
struct GuardianDecision {
  bool is_acceptance = false;
  std::string person;
  std::string reason;
};

/// The guardianship as decided; GUARDIANSHIP_DECIDED.
absl::StatusOr<Guardianship> Decide(Guardianship guardianship, const GuardianDecision& decision,
                                    absl::Time now);

/// The guardianship as ended, by its account or by staff; GUARDIANSHIP_DECIDED when it is over.
absl::StatusOr<Guardianship> End(Guardianship guardianship, const std::string& who,
                                 const std::string& reason, absl::Time now);

/// For whom a guardian is required.
enum class GuardianRule {
  kNobody,
  kYoungChildren,  ///< Children under 14.
  kChildren,       ///< Children under 18.
};

/// Whether an account may act for these travellers: everyone for whom the rule requires a guardian
/// is among its accepted wards, else GUARDIAN_REQUIRED with their names in metadata `passengers`.
absl::Status MayActFor(GuardianRule rule, const std::vector<Passenger>& travellers,
                       const std::vector<std::string>& accepted_wards, absl::CivilDay today);

}  // namespace houbu::account
