/// Restrictions: what an account may not do for a while, and why, and bans, which two people
/// decide.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"

namespace houbu::account {

/// What a restriction keeps from.
enum class RestrictionLevel { kSignIn, kBooking, kPayment };

/// The name under which a level is kept: "BOOKING".
absl::string_view NameOf(RestrictionLevel level);

/// Reads what NameOf gave.
absl::StatusOr<RestrictionLevel> ParseRestrictionLevel(absl::string_view name);

/// Reason codes of restrictions.
inline constexpr char kManyCancellations[] = "CANCELLATIONS";
/// Support restricted the account.
inline constexpr char kByStaff[] = "STAFF";
/// Two people banned the account for forged documents.
inline constexpr char kForgedDocuments[] = "FORGED_DOCUMENTS";

/// The account is restricted; metadata says level, until (RFC 3339, "" for good) and reason.
inline constexpr Refusal kAccountRestricted{
    absl::StatusCode::kFailedPrecondition, "ACCOUNT_RESTRICTED",
    "The account is restricted for now; support can tell more and lift it."};
/// There is none, or it is another account's.
inline constexpr Refusal kRestrictionNotFound{absl::StatusCode::kNotFound, "RESTRICTION_NOT_FOUND",
                                              "There is no such restriction."};
/// It was lifted or is over.
inline constexpr Refusal kRestrictionOver{absl::StatusCode::kFailedPrecondition, "RESTRICTION_OVER",
                                          "The restriction is over already."};
/// What two people decided one does not undo.
inline constexpr Refusal kLiftedByTwo{
    absl::StatusCode::kFailedPrecondition, "BAN_TAKES_TWO",
    "A ban is lifted as it was made: by a proposal that another person approves."};

/// A restriction of an account.
struct Restriction {
  std::string id;       ///< "rs-...".
  std::string account;  ///< "ac-...".
  RestrictionLevel level = RestrictionLevel::kBooking;
  std::string reason_code;
  std::string text;        ///< For people.
  std::string imposed_by;  ///< "policy", or "operators/mei".
  std::string ban;         ///< The proposal it comes of; "" for others than bans.
  absl::Time since;
  std::optional<absl::Time> until;  ///< Nothing for good.
  std::optional<absl::Time> lifted_at;
  std::string lifted_by;
  std::string lift_reason;
};

/// "accounts/ac-.../restrictions/rs-...".
std::string NameOf(const Restriction& restriction);

/// Whether it keeps from anything at `now`.
bool IsActive(const Restriction& restriction, absl::Time now);

/// The restriction as lifted. RESTRICTION_OVER, BAN_TAKES_TWO.
absl::StatusOr<Restriction> Lift(Restriction restriction, const std::string& person,
                                 const std::string& reason, absl::Time now);

/// A level an account is kept from, however many restrictions there are of it.
struct Bar {
  RestrictionLevel level = RestrictionLevel::kBooking;
  std::optional<absl::Time> until;  ///< Of the last one; nothing for good.

  /// Compares both.
  friend bool operator==(const Bar& a, const Bar& b) = default;
};

/// What restrictions come to, each level once.
std::vector<Bar> BarsOf(const std::vector<Restriction>& active);

/// Ok unless one of the restrictions is of a level; otherwise ACCOUNT_RESTRICTED with the levels,
/// the latest end and all reasons.
absl::Status CheckUnrestricted(const std::vector<Restriction>& active,
                               const std::vector<RestrictionLevel>& levels);

/// How repeated cancellations are answered.
struct CancellationPolicy {
  int cancellations_max = 3;                     ///< So many within the window restrict.
  absl::Duration window = absl::Hours(24 * 30);  ///< Counted back from the last one.
  absl::Duration length = absl::Hours(24 * 30);  ///< How long the restriction lasts.
};

/// The restriction that cancellations at these times bring about, nothing when they are too few or
/// too far apart. Times are in any order; id and account are the caller's to fill in.
std::optional<Restriction> JudgeCancellations(const CancellationPolicy& policy,
                                              std::vector<absl::Time> cancelled);

}  // namespace houbu::account
