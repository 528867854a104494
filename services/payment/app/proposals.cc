#include "services/payment/app/proposals.h"

#include <functional>
#include <utility>

#include "libs/async/retry.h"
#include "libs/async/status_macros.h"
#include "services/payment/app/races.h"
#include "services/payment/domain/refusals.h"
#include "services/payment/domain/transitions.h"

namespace houbu::payment {
namespace {

absl::StatusOr<Change> RefundByHand(Payment payment, Money amount, absl::Time now) {
  ReturnOrder order;
  order.reason = RefundReason::kByHand;
  order.amount = amount;
  return Return(std::move(payment), order, now);
}

}  // namespace

Task<std::string> Proposals::ProposeClosing(ClosingCommand command, Mutation<Proposal> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> known, co_await cases_.FindAnswer(mutation.key));
  if (known.has_value()) co_return *std::move(known);
  ASSIGN_OR_CO_RETURN(const Case closes, co_await cases_.LoadCase(command.closes));
  if (!closes.IsOpen()) co_return Refuse(kCaseClosed);
  Proposal proposal;
  proposal.kind = command.adjustment.has_value() ? ProposalKind::kPosting : ProposalKind::kWaiver;
  proposal.closes = command.closes;
  proposal.adjustment = command.adjustment.value_or(Adjustment());
  proposal.reason = command.reason;
  proposal.maker = command.person;
  co_return co_await Keep(std::move(proposal), std::move(mutation));
}

Task<std::string> Proposals::ProposeRefund(HandRefundCommand command, Mutation<Proposal> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> known, co_await cases_.FindAnswer(mutation.key));
  if (known.has_value()) co_return *std::move(known);
  ASSIGN_OR_CO_RETURN(Payment payment, co_await payments_.Load(command.payment));
  // Tried, so that who proposes hears at once what stands against it.
  CO_RETURN_IF_ERROR(RefundByHand(std::move(payment), command.amount, clock_.Now()).status());
  Proposal proposal;
  proposal.kind = ProposalKind::kRefund;
  proposal.payment = command.payment;
  proposal.adjustment.amount = command.amount;
  proposal.reason = command.reason;
  proposal.maker = command.person;
  co_return co_await Keep(std::move(proposal), std::move(mutation));
}

Task<std::string> Proposals::Keep(Proposal proposal, Mutation<Proposal> mutation) {
  if (proposal.maker.empty()) co_return Refuse(kPersonNeeded);
  proposal.id = NewId<ProposalTag>(ids_);
  proposal.create_time = clock_.Now();
  Answer answer{mutation.key, mutation.render(proposal)};
  co_return co_await cases_.Propose(std::move(proposal), std::move(answer));
}

Task<std::string> Proposals::Decide(DecisionCommand command, Mutation<Proposal> mutation) {
  std::function<Task<std::string>()> attempt = [this, command, mutation] {
    return DecideOnce(command, mutation);
  };
  co_return co_await async::Retry<std::string>(kRaces, std::move(attempt));
}

Task<std::string> Proposals::DecideOnce(DecisionCommand command, Mutation<Proposal> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> known, co_await cases_.FindAnswer(mutation.key));
  if (known.has_value()) co_return *std::move(known);
  if (command.decision.person.empty()) co_return Refuse(kPersonNeeded);
  ASSIGN_OR_CO_RETURN(Proposal open, co_await cases_.LoadProposal(command.id));
  Commitment commitment;
  commitment.now = clock_.Now();
  commitment.traceparent = command.traceparent;
  ASSIGN_OR_CO_RETURN(Proposal decided,
                      houbu::payment::Decide(std::move(open), command.decision, commitment.now));
  commitment.answer = Answer{mutation.key, mutation.render(decided)};
  if (decided.state == ProposalState::kRejected) {
    co_return co_await cases_.Reject(std::move(decided), *std::move(commitment.answer));
  }
  if (decided.kind == ProposalKind::kRefund) {
    co_return co_await Refund(std::move(decided), std::move(commitment));
  }
  co_return co_await Close(std::move(decided), *std::move(commitment.answer));
}

Task<std::string> Proposals::Refund(Proposal approved, Commitment commitment) {
  ASSIGN_OR_CO_RETURN(Payment payment, co_await payments_.Load(approved.payment));
  ASSIGN_OR_CO_RETURN(Change change,
                      RefundByHand(std::move(payment), approved.adjustment.amount, commitment.now));
  ++change.payment.version;
  commitment.approval = std::move(approved);
  co_return co_await payments_.Commit(std::move(change), std::move(commitment));
}

Task<std::string> Proposals::Close(Proposal approved, Answer answer) {
  ASSIGN_OR_CO_RETURN(const Case closed, co_await cases_.LoadCase(approved.closes));
  if (!closed.IsOpen()) co_return Refuse(kCaseClosed);
  std::optional<LedgerTransaction> posting;
  if (approved.kind == ProposalKind::kPosting) {
    posting = PostAdjustment(closed, approved.adjustment, *approved.decide_time);
  }
  co_return co_await cases_.CloseCase(std::move(approved), std::move(posting), std::move(answer));
}

}  // namespace houbu::payment
