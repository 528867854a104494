#include "services/payment/storage/reconciliation_rows.h"

#include <string>

#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"
#include "services/payment/storage/names.h"

namespace houbu::payment {
namespace {

absl::Status UnknownWord(absl::string_view word) {
  return absl::InternalError(absl::StrCat("a row has the unknown word ", word));
}

absl::StatusOr<ReconciliationKind> ReconciliationKindOf(absl::string_view word) {
  for (const auto kind : {ReconciliationKind::kInquiry, ReconciliationKind::kBill}) {
    if (NameOf(kind) == word) return kind;
  }
  return UnknownWord(word);
}

absl::string_view WordOf(ProposalKind kind) {
  switch (kind) {
    case ProposalKind::kRefund:
      return "REFUND";
    case ProposalKind::kPosting:
      return "POSTING";
    case ProposalKind::kWaiver:
      return "WAIVER";
  }
  return "";
}

absl::string_view WordOf(ProposalState state) {
  switch (state) {
    case ProposalState::kOpen:
      return "OPEN";
    case ProposalState::kApproved:
      return "APPROVED";
    case ProposalState::kRejected:
      return "REJECTED";
  }
  return "";
}

absl::StatusOr<ProposalKind> ProposalKindOf(absl::string_view word) {
  for (const auto kind : {ProposalKind::kRefund, ProposalKind::kPosting, ProposalKind::kWaiver}) {
    if (WordOf(kind) == word) return kind;
  }
  return UnknownWord(word);
}

absl::StatusOr<ProposalState> ProposalStateOf(absl::string_view word) {
  for (const auto state :
       {ProposalState::kOpen, ProposalState::kApproved, ProposalState::kRejected}) {
    if (WordOf(state) == word) return state;
  }
  return UnknownWord(word);
}

}  // namespace

const char kReconciliationColumns[] =
    "id, channel, kind, from_time, to_time, create_time, first_due_time, due_time, finish_time, "
    "cursor, failure, compared, repaired, cases";

const char kStatementLineColumns[] =
    "movement, provider_order, reference, payment, merchant_refund, currency, amount, line_time";

const char kCaseColumns[] =
    "id, class, channel, movement, subject, payment, currency, ours, theirs, detail, "
    "reconciliation, open_time, seen_time, close_time, posting, proposal";

const char kProposalColumns[] =
    "id, kind, payment, closes, debit, credit, currency, amount, reason, maker, create_time, "
    "state, checker, comment, decide_time";

absl::StatusOr<Movement> MovementOf(absl::string_view word) {
  for (const auto movement : {Movement::kPayment, Movement::kRefund}) {
    if (NameOf(movement) == word) return movement;
  }
  return UnknownWord(word);
}

absl::StatusOr<DifferenceClass> DifferenceClassOf(absl::string_view word) {
  for (const auto each :
       {DifferenceClass::kMissingHere, DifferenceClass::kMissingThere, DifferenceClass::kAmount,
        DifferenceClass::kState, DifferenceClass::kUnknownOrder}) {
    if (NameOf(each) == word) return each;
  }
  return UnknownWord(word);
}

absl::StatusOr<Reconciliation> ReadReconciliation(const postgres::Row& row) {
  Reconciliation reconciliation;
  reconciliation.id = ReconciliationId(row.Text("id"));
  ASSIGN_OR_RETURN(reconciliation.channel, ChannelOf(row.Text("channel")));
  ASSIGN_OR_RETURN(reconciliation.kind, ReconciliationKindOf(row.Text("kind")));
  reconciliation.from = row.Time("from_time");
  reconciliation.to = row.Time("to_time");
  reconciliation.create_time = row.Time("create_time");
  reconciliation.first_due_time = row.Time("first_due_time");
  reconciliation.due_time = row.OptionalTime("due_time");
  reconciliation.finish_time = row.OptionalTime("finish_time");
  reconciliation.cursor = row.Text("cursor");
  reconciliation.failure = row.Text("failure");
  reconciliation.compared = row.Int64("compared");
  reconciliation.repaired = row.Int64("repaired");
  reconciliation.cases = row.Int64("cases");
  return reconciliation;
}

absl::StatusOr<StatementLine> ReadStatementLine(const postgres::Row& row) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(row.Text("currency")));
  StatementLine line;
  ASSIGN_OR_RETURN(line.movement, MovementOf(row.Text("movement")));
  line.provider_order = row.Text("provider_order");
  line.reference = row.Text("reference");
  line.payment = PaymentId(row.OptionalText("payment").value_or(""));
  line.merchant_refund = row.Text("merchant_refund");
  line.amount = Money{row.Int64("amount"), currency};
  line.time = row.Time("line_time");
  return line;
}

absl::StatusOr<Case> ReadCase(const postgres::Row& row) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(row.Text("currency")));
  Case found;
  found.id = CaseId(row.Text("id"));
  Difference& difference = found.difference;
  ASSIGN_OR_RETURN(difference.difference_class, DifferenceClassOf(row.Text("class")));
  ASSIGN_OR_RETURN(difference.channel, ChannelOf(row.Text("channel")));
  ASSIGN_OR_RETURN(difference.movement, MovementOf(row.Text("movement")));
  difference.subject = row.Text("subject");
  difference.payment = PaymentId(row.OptionalText("payment").value_or(""));
  if (!row.IsNull("ours")) difference.ours = Money{row.Int64("ours"), currency};
  if (!row.IsNull("theirs")) difference.theirs = Money{row.Int64("theirs"), currency};
  difference.detail = row.Text("detail");
  found.reconciliation = row.Text("reconciliation");
  found.open_time = row.Time("open_time");
  found.seen_time = row.Time("seen_time");
  found.close_time = row.OptionalTime("close_time");
  found.posting = row.OptionalText("posting").value_or("");
  found.proposal = row.OptionalText("proposal").value_or("");
  return found;
}

absl::StatusOr<Proposal> ReadProposal(const postgres::Row& row) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(row.Text("currency")));
  Proposal proposal;
  proposal.id = ProposalId(row.Text("id"));
  ASSIGN_OR_RETURN(proposal.kind, ProposalKindOf(row.Text("kind")));
  proposal.payment = PaymentId(row.OptionalText("payment").value_or(""));
  proposal.closes = CaseId(row.OptionalText("closes").value_or(""));
  proposal.adjustment.debit = row.Text("debit");
  proposal.adjustment.credit = row.Text("credit");
  proposal.adjustment.amount = Money{row.Int64("amount"), currency};
  proposal.reason = row.Text("reason");
  proposal.maker = row.Text("maker");
  proposal.create_time = row.Time("create_time");
  ASSIGN_OR_RETURN(proposal.state, ProposalStateOf(row.Text("state")));
  proposal.checker = row.Text("checker");
  proposal.comment = row.Text("comment");
  proposal.decide_time = row.OptionalTime("decide_time");
  return proposal;
}

postgres::Parameters WriteReconciliation(const Reconciliation& reconciliation) {
  return postgres::Parameters()
      .Add(reconciliation.id.value())
      .Add(NameOf(reconciliation.channel))
      .Add(NameOf(reconciliation.kind))
      .Add(reconciliation.from)
      .Add(reconciliation.to)
      .Add(reconciliation.create_time)
      .Add(reconciliation.first_due_time)
      .Add(reconciliation.due_time)
      .Add(reconciliation.finish_time)
      .Add(reconciliation.cursor)
      .Add(reconciliation.failure)
      .Add(reconciliation.compared)
      .Add(reconciliation.repaired)
      .Add(reconciliation.cases);
}

postgres::Parameters WriteProposal(const Proposal& proposal) {
  return postgres::Parameters()
      .Add(proposal.id.value())
      .Add(WordOf(proposal.kind))
      .Add(Nullable(proposal.payment))
      .Add(Nullable(proposal.closes))
      .Add(proposal.adjustment.debit)
      .Add(proposal.adjustment.credit)
      .Add(proposal.adjustment.amount.currency.code())
      .Add(proposal.adjustment.amount.minor_units)
      .Add(proposal.reason)
      .Add(proposal.maker)
      .Add(proposal.create_time)
      .Add(WordOf(proposal.state))
      .Add(proposal.checker)
      .Add(proposal.comment)
      .Add(proposal.decide_time);
}

}  // namespace houbu::payment
