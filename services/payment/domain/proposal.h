/// Proposals: what only two people together may do to money. One proposes, another one
/// decides; neither alone moves a fen.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "libs/base/id.h"
#include "libs/base/money.h"
#include "services/payment/domain/payment.h"
#include "services/payment/domain/reconciliation_case.h"

namespace houbu::payment {

/// Names proposals: "pp-...".
struct ProposalTag {
  static constexpr char kPrefix[] = "pp";
};
/// The id of a proposal.
using ProposalId = Id<ProposalTag>;

/// How long a proposal waits for its second person.
inline constexpr absl::Duration kProposalLife = absl::Hours(24 * 7);

/// What is proposed.
enum class ProposalKind {
  kRefund,   ///< `amount` of a payment goes back.
  kPosting,  ///< A case closes with a posting.
  kWaiver,   ///< A case closes without one.
};

/// Where a proposal stands.
enum class ProposalState { kOpen, kApproved, kRejected };

/// A proposal.
struct Proposal {
  ProposalId id;
  ProposalKind kind = ProposalKind::kRefund;
  PaymentId payment;      ///< Of a refund.
  CaseId closes;          ///< Of a posting or waiver: the case.
  Adjustment adjustment;  ///< Of a posting; of a refund the amount alone.
  std::string reason;
  std::string maker;  ///< Who proposed it: the person's name in their certificate.
  absl::Time create_time;
  ProposalState state = ProposalState::kOpen;
  std::string checker;  ///< Who decided; "" while it is open.
  std::string comment;  ///< What they said.
  std::optional<absl::Time> decide_time;

  /// From when on nobody can approve it.
  absl::Time expire_time() const { return create_time + kProposalLife; }
};

/// "proposals/pp-...".
std::string NameOf(const ProposalId& id);

/// A decision about a proposal.
struct Decision {
  bool is_approval = false;
  std::string person;
  std::string comment;
};

/// The proposal as decided. Refuses kProposalDecided, kProposalExpired, and the approval of one's
/// own as kOwnProposal; whoever made a proposal may reject it.
absl::StatusOr<Proposal> Decide(Proposal proposal, const Decision& decision, absl::Time now);

}  // namespace houbu::payment
