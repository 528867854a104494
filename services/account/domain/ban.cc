#include "services/account/domain/ban.h"

#include "absl/strings/str_cat.h"

namespace houbu::account {

std::string NameOf(const BanProposal& proposal) {
  return absl::StrCat("accounts/", proposal.account, "/banProposals/", proposal.id);
}

absl::StatusOr<BanProposal> Decide(BanProposal proposal, const BanDecision& decision,
                                   absl::Time now) {
  if (proposal.state != BanState::kOpen) {
    return Refuse(kBanProposalDecided);
  }
  if (decision.is_approval && decision.person == proposal.maker) {
    return Refuse(kOwnBanProposal);
  }
  if (decision.is_approval && now >= proposal.made_at + kBanProposalLife) {
    return Refuse(kBanProposalExpired);
  }
  proposal.state = decision.is_approval ? BanState::kApproved : BanState::kRejected;
  proposal.checker = decision.person;
  proposal.comment = decision.comment;
  proposal.decided_at = now;
  return proposal;
}

std::vector<Restriction> RestrictionsOf(const BanProposal& ban) {
  std::vector<Restriction> restrictions;
  for (const RestrictionLevel level :
       {RestrictionLevel::kSignIn, RestrictionLevel::kBooking, RestrictionLevel::kPayment}) {
    Restriction restriction;
    restriction.account = ban.account;
    restriction.level = level;
    restriction.reason_code = kForgedDocuments;
    restriction.text = ban.reason;
    restriction.imposed_by = ban.maker;
    restriction.ban = ban.id;
    restriction.since = ban.decided_at.value_or(ban.made_at);
    restrictions.push_back(std::move(restriction));
  }
  return restrictions;
}

}  // namespace houbu::account
