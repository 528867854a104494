#include "services/payment/rpc/proposal_handlers.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/payment/rpc/parse.h"
#include "services/payment/rpc/reconciliation_render.h"

namespace houbu::payment {
namespace {

constexpr int kTextCharactersMax = 1000;

Mutation<Proposal> AnswerWithProposal(const rpc::Call& call) {
  Mutation<Proposal> mutation;
  mutation.key = call.request_key;
  mutation.render = RenderProposalBytes;
  return mutation;
}

ProposalId ParseProposalName(Violations& violations, absl::string_view name) {
  return ProposalId(rpc::RequireName(violations, "name", name, "proposals/{proposal}").front());
}

std::string ParseAccount(Violations& violations, absl::string_view field,
                         const std::string& account) {
  if (!IsAdjustable(account)) {
    violations.Add(field, "must be an account of the ledger, e.g. suspense:wechat_pay");
  }
  return account;
}

Adjustment ParseAdjustment(Violations& violations, const v1::Adjustment& wire) {
  Adjustment adjustment;
  adjustment.debit = ParseAccount(violations, "adjustment.debit_account", wire.debit_account());
  adjustment.credit = ParseAccount(violations, "adjustment.credit_account", wire.credit_account());
  if (adjustment.debit == adjustment.credit) {
    violations.Add("adjustment.credit_account", "must not be the debit_account");
  }
  adjustment.amount = ParseFare(violations, "adjustment.amount", wire.has_amount(), wire.amount());
  return adjustment;
}

}  // namespace

grpc::ServerUnaryReactor* ProposalHandlers::ProposeClosing(grpc::CallbackServerContext* context,
                                                           const v1::ProposeClosingRequest* request,
                                                           v1::Proposal* response) {
  return seam_.Run(context, request, response, this, &ProposalHandlers::Close);
}

grpc::ServerUnaryReactor* ProposalHandlers::ProposeRefund(grpc::CallbackServerContext* context,
                                                          const v1::ProposeRefundRequest* request,
                                                          v1::Proposal* response) {
  return seam_.Run(context, request, response, this, &ProposalHandlers::Refund);
}

grpc::ServerUnaryReactor* ProposalHandlers::DecideProposal(grpc::CallbackServerContext* context,
                                                           const v1::DecideProposalRequest* request,
                                                           v1::Proposal* response) {
  return seam_.Run(context, request, response, this, &ProposalHandlers::Decide);
}

grpc::ServerUnaryReactor* ProposalHandlers::GetProposal(grpc::CallbackServerContext* context,
                                                        const v1::GetProposalRequest* request,
                                                        v1::Proposal* response) {
  return seam_.Run(context, request, response, this, &ProposalHandlers::Get);
}

grpc::ServerUnaryReactor* ProposalHandlers::ListProposals(grpc::CallbackServerContext* context,
                                                          const v1::ListProposalsRequest* request,
                                                          v1::ListProposalsResponse* response) {
  return seam_.Run(context, request, response, this, &ProposalHandlers::List);
}

Task<v1::Proposal> ProposalHandlers::Close(const rpc::Call& call,
                                           const v1::ProposeClosingRequest& request) {
  Violations violations;
  ClosingCommand command;
  command.closes =
      CaseId(rpc::RequireName(violations, "case", request.case_(), "cases/{case}").front());
  if (request.has_adjustment()) {
    command.adjustment = ParseAdjustment(violations, request.adjustment());
  }
  rpc::RequireText(violations, "reason", request.reason(), kTextCharactersMax);
  command.reason = request.reason();
  command.person = call.caller.person;
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Proposal> mutation = AnswerWithProposal(call);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await proposals_.ProposeClosing(std::move(command), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Proposal>(answer);
}

Task<v1::Proposal> ProposalHandlers::Refund(const rpc::Call& call,
                                            const v1::ProposeRefundRequest& request) {
  Violations violations;
  HandRefundCommand command;
  command.payment = ParsePaymentName(violations, "payment", request.payment());
  command.amount = ParseFare(violations, "amount", request.has_amount(), request.amount());
  rpc::RequireText(violations, "reason", request.reason(), kTextCharactersMax);
  command.reason = request.reason();
  command.person = call.caller.person;
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Proposal> mutation = AnswerWithProposal(call);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await proposals_.ProposeRefund(std::move(command), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Proposal>(answer);
}

Task<v1::Proposal> ProposalHandlers::Decide(const rpc::Call& call,
                                            const v1::DecideProposalRequest& request) {
  Violations violations;
  DecisionCommand command;
  command.id = ParseProposalName(violations, request.name());
  rpc::RequireEnum(violations, "decision", request.decision(),
                   v1::DecideProposalRequest::Decision_IsValid);
  command.decision.is_approval = request.decision() == v1::DecideProposalRequest::DECISION_APPROVE;
  if (command.decision.is_approval) {
    rpc::AllowText(violations, "comment", request.comment(), kTextCharactersMax);
  } else {
    rpc::RequireText(violations, "comment", request.comment(), kTextCharactersMax);
  }
  command.decision.comment = request.comment();
  command.decision.person = call.caller.person;
  command.traceparent = call.traceparent;
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Proposal> mutation = AnswerWithProposal(call);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await proposals_.Decide(std::move(command), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Proposal>(answer);
}

Task<v1::Proposal> ProposalHandlers::Get(const rpc::Call&, const v1::GetProposalRequest& request) {
  Violations violations;
  ProposalId id = ParseProposalName(violations, request.name());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const Proposal found, co_await proposals_.Find(std::move(id)));
  co_return Render(found);
}

Task<v1::ListProposalsResponse> ProposalHandlers::List(const rpc::Call&,
                                                       const v1::ListProposalsRequest& request) {
  Violations violations;
  const std::string list = absl::StrCat("proposals", request.with_decided());
  Page page;
  page.size = rpc::PageSize(violations, request.page_size());
  page.after = rpc::DecodePageToken(violations, list, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  const int size = page.size++;
  ASSIGN_OR_CO_RETURN(const std::vector<Proposal> found,
                      co_await proposals_.List(request.with_decided(), std::move(page)));
  v1::ListProposalsResponse response;
  for (const Proposal& each : found) {
    if (response.proposals_size() == size) {
      const std::string last = found[static_cast<std::size_t>(size) - 1].id.value();
      response.set_next_page_token(rpc::EncodePageToken(list, last));
      break;
    }
    *response.add_proposals() = Render(each);
  }
  co_return response;
}

}  // namespace houbu::payment
