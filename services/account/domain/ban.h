/// Bans: what only two people together may do to an account, and undo. One proposes, another
/// one decides.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "services/account/domain/restriction.h"

namespace houbu::account {

/// How long a proposal waits for its second person.
inline constexpr absl::Duration kBanProposalLife = absl::Hours(24 * 7);

/// There is none.
inline constexpr Refusal kBanProposalNotFound{absl::StatusCode::kNotFound, "BAN_PROPOSAL_NOT_FOUND",
                                              "There is no such proposal."};
/// Somebody decided it.
inline constexpr Refusal kBanProposalDecided{absl::StatusCode::kFailedPrecondition,
                                             "BAN_PROPOSAL_DECIDED",
                                             "The proposal is decided already."};
/// Nobody decided it in time.
inline constexpr Refusal kBanProposalExpired{absl::StatusCode::kFailedPrecondition,
                                             "BAN_PROPOSAL_EXPIRED",
                                             "The proposal waited too long: propose it again."};
/// Nobody approves their own.
inline constexpr Refusal kOwnBanProposal{absl::StatusCode::kPermissionDenied, "OWN_BAN_PROPOSAL",
                                         "Another person must approve the proposal."};
/// One at a time.
inline constexpr Refusal kBanProposalOpen{absl::StatusCode::kAlreadyExists, "BAN_PROPOSAL_OPEN",
                                          "A proposal about this account waits already."};
/// Banned already, or not banned.
inline constexpr Refusal kBanStands{absl::StatusCode::kFailedPrecondition, "BAN_STANDS",
                                    "The account is as the proposal would have it already."};

/// What is proposed.
enum class BanKind { kBan, kLift };

/// Where a proposal stands.
enum class BanState { kOpen, kApproved, kRejected };

/// A proposal to ban an account, or to lift its ban.
struct BanProposal {
  std::string id;       ///< "bp-...".
  std::string account;  ///< "ac-...".
  BanKind kind = BanKind::kBan;
  std::string reason;
  std::string maker;  ///< "operators/mei".
  absl::Time made_at;
  BanState state = BanState::kOpen;
  std::string checker;  ///< Who decided; "" while it is open.
  std::string comment;  ///< What they said.
  std::optional<absl::Time> decided_at;
};

/// "accounts/ac-.../banProposals/bp-...".
std::string NameOf(const BanProposal& proposal);

/// A decision about a proposal.
struct BanDecision {
  bool is_approval = false;
  std::string person;  ///< "operators/li".
  std::string comment;
};

/// The proposal as decided. BAN_PROPOSAL_DECIDED, BAN_PROPOSAL_EXPIRED, and for the approval of
/// one's own OWN_BAN_PROPOSAL; whoever made it may reject it.
absl::StatusOr<BanProposal> Decide(BanProposal proposal, const BanDecision& decision,
                                   absl::Time now);

/// The restrictions a ban that was approved comes to: all levels, for good. Ids are the caller's.
std::vector<Restriction> RestrictionsOf(const BanProposal& ban);

}  // namespace houbu::account
