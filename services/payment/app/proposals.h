/// Proposals: one person proposes, another one decides, and an approved one is carried out in the
/// same commit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "libs/base/request.h"
#include "services/payment/app/ports.h"
#include "services/payment/app/reconciliation_ports.h"

namespace houbu::payment {

/// Somebody wants a case closed.
struct ClosingCommand {
  CaseId closes;
  std::optional<Adjustment> adjustment;  ///< Without one it is a waiver.
  std::string reason;
  std::string person;
};

/// Somebody wants money given back.
struct HandRefundCommand {
  PaymentId payment;
  Money amount;
  std::string reason;
  std::string person;
};

/// Somebody decides.
struct DecisionCommand {
  ProposalId id;
  Decision decision;
  std::string traceparent;
};

/// Takes proposals and decisions.
class Proposals final {
 public:
  /// What it works on; all outlive it.
  Proposals(CaseStore& cases, PaymentStore& payments, const Clock& clock, IdSource& ids)
      : cases_(cases), payments_(payments), clock_(clock), ids_(ids) {}

  /// Refuses kPersonNeeded, kCaseUnknown, kCaseClosed.
  Task<std::string> ProposeClosing(ClosingCommand command, Mutation<Proposal> mutation);

  /// Refuses kPersonNeeded, kPaymentUnknown, kNotPaid, kPrepaymentHeld, kRefundAboveRest.
  Task<std::string> ProposeRefund(HandRefundCommand command, Mutation<Proposal> mutation);

  /// Refuses kPersonNeeded, kProposalUnknown, kProposalDecided, kProposalExpired, kOwnProposal, and
  /// what stands against carrying it out by now.
  Task<std::string> Decide(DecisionCommand command, Mutation<Proposal> mutation);

  /// One; kProposalUnknown.
  Task<Proposal> Find(ProposalId id) { return cases_.LoadProposal(std::move(id)); }

  /// The oldest first.
  Task<std::vector<Proposal>> List(bool with_decided, Page page) {
    return cases_.ListProposals(with_decided, std::move(page));
  }

 private:
  Task<std::string> Keep(Proposal proposal, Mutation<Proposal> mutation);
  Task<std::string> DecideOnce(DecisionCommand command, Mutation<Proposal> mutation);
  Task<std::string> Refund(Proposal approved, Commitment commitment);
  Task<std::string> Close(Proposal approved, Answer answer);

  CaseStore& cases_;
  PaymentStore& payments_;
  const Clock& clock_;
  IdSource& ids_;
};

}  // namespace houbu::payment
