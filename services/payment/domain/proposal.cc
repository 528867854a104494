#include "services/payment/domain/proposal.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "services/payment/domain/refusals.h"

namespace houbu::payment {

std::string NameOf(const ProposalId& id) { return absl::StrCat("proposals/", id.value()); }

absl::StatusOr<Proposal> Decide(Proposal proposal, const Decision& decision, absl::Time now) {
  if (proposal.state != ProposalState::kOpen) return Refuse(kProposalDecided);
  if (decision.is_approval) {
    if (decision.person == proposal.maker) return Refuse(kOwnProposal);
    if (now >= proposal.expire_time()) return Refuse(kProposalExpired);
  }
  proposal.state = decision.is_approval ? ProposalState::kApproved : ProposalState::kRejected;
  proposal.checker = decision.person;
  proposal.comment = decision.comment;
  proposal.decide_time = now;
  return proposal;
}

}  // namespace houbu::payment
