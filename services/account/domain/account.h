/// Accounts, their passengers and how people sign in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/id.h"
#include "libs/base/refusal.h"
#include "services/account/domain/document.h"
#include "services/account/domain/passenger.h"

namespace houbu::account {

/// Whether person and ID are verified as one (W-01).
enum class Verification { kUnverified, kPending, kVerified, kRejected };

/// The name under which a state is kept: "UNVERIFIED".
absl::string_view VerificationName(Verification verification);

/// Reads what VerificationName gave.
absl::StatusOr<Verification> ParseVerification(absl::string_view name);

/// Another's, or none.
inline constexpr Refusal kAccountNotFound{absl::StatusCode::kNotFound, "ACCOUNT_NOT_FOUND",
                                          "There is no such account."};
/// Only residents' cards can be verified against a face.
inline constexpr Refusal kNeedsResidentId{
    absl::StatusCode::kFailedPrecondition, "NEEDS_RESIDENT_ID",
    "The holder is verified with a resident ID: name a passenger who has one."};
/// The waitlist takes a verified person (W-01).
inline constexpr Refusal kNotVerified{
    absl::StatusCode::kFailedPrecondition, "NOT_VERIFIED",
    "The waitlist is open to verified holders and active members: verify your identity first."};
/// One person, one account to wait with: the holder's card is another account's.
inline constexpr Refusal kHolderTaken{
    absl::StatusCode::kAlreadyExists, "HOLDER_HAS_ACCOUNT",
    "This person is the verified holder of another account: sign in to that one."};
/// Too many comparisons came to nothing.
inline constexpr Refusal kTooManyChecks{
    absl::StatusCode::kResourceExhausted, "TOO_MANY_CHECKS",
    "Your identity was checked too often today: try again when the delay is over."};
/// Somebody else changed it meanwhile.
inline constexpr Refusal kAccountChanged{absl::StatusCode::kAborted, "ACCOUNT_CHANGED",
                                         "The account changed meanwhile."};

/// By what the verified holder of an account is known from then on.
struct Holder {
  std::string passenger;  ///< "pg-...".
  std::string identity;   ///< IdentityOf the card: its number signs in. Personal.
  std::string card;       ///< HolderCardOf the passenger. Personal.
};

/// An account.
struct Account {
  std::string id;  ///< "ac-...".
  std::int64_t version = 1;
  std::string phone;  ///< E.164; personal.
  Verification verification = Verification::kUnverified;
  std::string verification_reason;  ///< Why it was rejected.
  bool member = false;              ///< An active member (铁路畅行).
  std::optional<Holder> holder;     ///< While it is being recorded.
  absl::Time created_at;
};

/// "accounts/ac-...".
std::string NameOf(const Account& account);

/// Whether the account may use the waitlist: verified holders and active members (W-01).
bool MayWait(const Account& account);

/// How long statements hold.
struct StatementPolicy {
  absl::Duration life = absl::Minutes(5);
};

}  // namespace houbu::account
