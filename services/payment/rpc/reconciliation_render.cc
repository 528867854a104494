#include "services/payment/rpc/reconciliation_render.h"

#include "absl/strings/str_cat.h"

#include "libs/rpc/wire.h"
#include "services/payment/rpc/render.h"

namespace houbu::payment {
namespace {

v1::Case::Class ClassOnWire(DifferenceClass difference_class) {
  switch (difference_class) {
    case DifferenceClass::kMissingHere:
      return v1::Case::CLASS_MISSING_HERE;
    case DifferenceClass::kMissingThere:
      return v1::Case::CLASS_MISSING_THERE;
    case DifferenceClass::kAmount:
      return v1::Case::CLASS_AMOUNT;
    case DifferenceClass::kState:
      return v1::Case::CLASS_STATE;
    case DifferenceClass::kUnknownOrder:
      return v1::Case::CLASS_UNKNOWN_ORDER;
  }
  return v1::Case::CLASS_UNSPECIFIED;
}

v1::Case::Closing ClosingOf(const Case& shown) {
  if (shown.IsOpen()) return v1::Case::CLOSING_UNSPECIFIED;
  if (shown.proposal.empty()) return v1::Case::CLOSING_FACT;
  return shown.posting.empty() ? v1::Case::CLOSING_WAIVER : v1::Case::CLOSING_POSTING;
}

v1::Proposal::Kind KindOnWire(ProposalKind kind) {
  switch (kind) {
    case ProposalKind::kRefund:
      return v1::Proposal::KIND_REFUND;
    case ProposalKind::kPosting:
      return v1::Proposal::KIND_POSTING;
    case ProposalKind::kWaiver:
      return v1::Proposal::KIND_WAIVER;
  }
  return v1::Proposal::KIND_UNSPECIFIED;
}

v1::Proposal::State StateOnWire(ProposalState state) {
  switch (state) {
    case ProposalState::kOpen:
      return v1::Proposal::STATE_OPEN;
    case ProposalState::kApproved:
      return v1::Proposal::STATE_APPROVED;
    case ProposalState::kRejected:
      return v1::Proposal::STATE_REJECTED;
  }
  return v1::Proposal::STATE_UNSPECIFIED;
}

std::string OperatorName(const std::string& person) {
  return person.empty() ? std::string() : absl::StrCat("operators/", person);
}

std::string PaymentName(const PaymentId& payment) {
  return payment.empty() ? std::string() : NameOf(payment);
}

}  // namespace

v1::Reconciliation Render(const Reconciliation& reconciliation) {
  v1::Reconciliation shown;
  shown.set_name(NameOf(reconciliation.id));
  shown.set_channel(ChannelOnWire(reconciliation.channel));
  shown.set_kind(reconciliation.kind == ReconciliationKind::kBill
                     ? v1::Reconciliation::KIND_BILL
                     : v1::Reconciliation::KIND_INQUIRY);
  *shown.mutable_start_time() = rpc::ToWire(reconciliation.from);
  *shown.mutable_end_time() = rpc::ToWire(reconciliation.to);
  shown.set_state(reconciliation.due_time.has_value() ? v1::Reconciliation::STATE_DUE
                                                      : v1::Reconciliation::STATE_DONE);
  shown.set_failure(reconciliation.failure);
  shown.set_compared(reconciliation.compared);
  shown.set_repaired(reconciliation.repaired);
  shown.set_cases(reconciliation.cases);
  if (reconciliation.finish_time.has_value()) {
    *shown.mutable_finish_time() = rpc::ToWire(*reconciliation.finish_time);
  }
  return shown;
}

v1::Case Render(const Case& shown) {
  const Difference& difference = shown.difference;
  v1::Case wire;
  wire.set_name(NameOf(shown.id));
  wire.set_class_(ClassOnWire(difference.difference_class));
  wire.set_channel(ChannelOnWire(difference.channel));
  wire.set_movement(difference.movement == Movement::kRefund ? v1::Case::MOVEMENT_REFUND
                                                             : v1::Case::MOVEMENT_PAYMENT);
  wire.set_subject(difference.subject);
  wire.set_payment(PaymentName(difference.payment));
  if (difference.ours.has_value()) *wire.mutable_ours() = rpc::ToWire(*difference.ours);
  if (difference.theirs.has_value()) *wire.mutable_theirs() = rpc::ToWire(*difference.theirs);
  wire.set_detail(difference.detail);
  wire.set_reconciliation(NameOf(ReconciliationId(shown.reconciliation)));
  *wire.mutable_open_time() = rpc::ToWire(shown.open_time);
  *wire.mutable_seen_time() = rpc::ToWire(shown.seen_time);
  if (shown.close_time.has_value()) *wire.mutable_close_time() = rpc::ToWire(*shown.close_time);
  wire.set_closing(ClosingOf(shown));
  wire.set_posting(shown.posting);
  if (!shown.proposal.empty()) wire.set_proposal(NameOf(ProposalId(shown.proposal)));
  return wire;
}

v1::Proposal Render(const Proposal& proposal) {
  v1::Proposal wire;
  wire.set_name(NameOf(proposal.id));
  wire.set_kind(KindOnWire(proposal.kind));
  wire.set_payment(PaymentName(proposal.payment));
  if (!proposal.closes.empty()) wire.set_case_(NameOf(proposal.closes));
  const type::v1::Money amount = rpc::ToWire(proposal.adjustment.amount);
  if (proposal.kind == ProposalKind::kRefund) *wire.mutable_amount() = amount;
  if (proposal.kind == ProposalKind::kPosting) {
    wire.mutable_adjustment()->set_debit_account(proposal.adjustment.debit);
    wire.mutable_adjustment()->set_credit_account(proposal.adjustment.credit);
    *wire.mutable_adjustment()->mutable_amount() = amount;
  }
  wire.set_reason(proposal.reason);
  wire.set_maker(OperatorName(proposal.maker));
  *wire.mutable_create_time() = rpc::ToWire(proposal.create_time);
  *wire.mutable_expire_time() = rpc::ToWire(proposal.expire_time());
  wire.set_state(StateOnWire(proposal.state));
  wire.set_checker(OperatorName(proposal.checker));
  wire.set_comment(proposal.comment);
  if (proposal.decide_time.has_value()) {
    *wire.mutable_decide_time() = rpc::ToWire(*proposal.decide_time);
  }
  return wire;
}

std::string RenderReconciliationBytes(const Reconciliation& reconciliation) {
  return Render(reconciliation).SerializeAsString();
}

std::string RenderProposalBytes(const Proposal& proposal) {
  return Render(proposal).SerializeAsString();
}

}  // namespace houbu::payment
