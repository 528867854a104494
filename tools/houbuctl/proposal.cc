#include "tools/houbuctl/proposal.h"

#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "libs/base/money.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/wire.h"
#include "tools/houbuctl/texts.h"

namespace houbu::ctl {
namespace {

using nlohmann::json;
using payment::v1::DecideProposalRequest;
using payment::v1::ListProposalsResponse;
using payment::v1::Proposal;
using Stub = payment::v1::ProposalService::Stub;

/// What the commands are given.
struct Given {
  std::string name;
  std::string reason;
  std::int64_t fen = 0;
  bool with_decided = false;
};

std::string KindOf(const Proposal& proposal) {
  return Proposal::Kind_Name(proposal.kind()).substr(sizeof("KIND_") - 1);
}

std::string StateOf(const Proposal& proposal) {
  return Proposal::State_Name(proposal.state()).substr(sizeof("STATE_") - 1);
}

json Facts(const Proposal& proposal) {
  json facts = {{"proposal", proposal.name()},   {"kind", KindOf(proposal)},
                {"state", StateOf(proposal)},    {"maker", proposal.maker()},
                {"checker", proposal.checker()}, {"reason", proposal.reason()},
                {"comment", proposal.comment()}, {"expires", ShownTime(proposal.expire_time())}};
  if (!proposal.payment().empty()) facts["payment"] = proposal.payment();
  if (!proposal.case_().empty()) facts["case"] = proposal.case_();
  if (proposal.has_amount()) facts["fen"] = proposal.amount().minor_units();
  if (proposal.has_adjustment()) {
    facts["debit"] = proposal.adjustment().debit_account();
    facts["credit"] = proposal.adjustment().credit_account();
    facts["fen"] = proposal.adjustment().amount().minor_units();
  }
  return facts;
}

void Show(const Session& session, const Proposal& proposal) {
  if (session.json()) {
    std::cout << Facts(proposal).dump() << std::endl;
    return;
  }
  std::cout << proposal.name() << " " << KindOf(proposal) << " " << StateOf(proposal) << ", by "
            << proposal.maker();
  if (!proposal.checker().empty()) std::cout << ", decided by " << proposal.checker();
  if (proposal.has_amount()) {
    std::cout << ": " << proposal.amount().minor_units() << " fen of " << proposal.payment();
  }
  if (proposal.has_adjustment()) {
    const payment::v1::Adjustment& posting = proposal.adjustment();
    std::cout << ": " << posting.amount().minor_units() << " fen from " << posting.credit_account()
              << " to " << posting.debit_account();
  }
  if (!proposal.case_().empty()) std::cout << " for " << proposal.case_();
  std::cout << ": " << proposal.reason() << std::endl;
}

absl::StatusOr<Proposal> Refund(const Session& session, const Given& given) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Payment());
  Stub stub(channel);
  payment::v1::ProposeRefundRequest request;
  request.set_request_id(NewRequestId());
  request.set_payment(given.name);
  *request.mutable_amount() = rpc::ToWire(houbu::Fen(given.fen));
  request.set_reason(given.reason);
  return session.Call(stub, &Stub::ProposeRefund, request);
}

absl::StatusOr<Proposal> Decide(const Session& session, const Given& given,
                                DecideProposalRequest::Decision decision) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Payment());
  Stub stub(channel);
  DecideProposalRequest request;
  request.set_request_id(NewRequestId());
  request.set_name(given.name);
  request.set_decision(decision);
  request.set_comment(given.reason);
  return session.Call(stub, &Stub::DecideProposal, request);
}

Exit List(const Session& session, const Given& given) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = session.Payment();
  if (!channel.ok()) return Complain(channel.status());
  Stub stub(*channel);
  payment::v1::ListProposalsRequest request;
  request.set_with_decided(given.with_decided);
  do {
    const absl::StatusOr<ListProposalsResponse> page =
        session.Call(stub, &Stub::ListProposals, request);
    if (!page.ok()) return Complain(page.status());
    for (const Proposal& proposal : page->proposals()) Show(session, proposal);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return Exit::kOk;
}

CLI::App* AddDecision(CLI::App& topic, const std::string& name, const std::string& help,
                      Given& given) {
  CLI::App* const verb = topic.add_subcommand(name, help);
  verb->add_option("PROPOSAL", given.name, "The proposal, proposals/{proposal}.")->required();
  return verb;
}

}  // namespace

Exit ShowProposal(const Session& session, const absl::StatusOr<Proposal>& proposal) {
  if (!proposal.ok()) return Complain(proposal.status());
  Show(session, *proposal);
  return Exit::kOk;
}

void AddProposal(CLI::App& app, Session& session, std::vector<Command>& commands) {
  CLI::App* const topic =
      app.add_subcommand("proposal", "What one person proposes and another one decides.");
  topic->require_subcommand(1);
  const auto given = std::make_shared<Given>();

  Command refund;
  refund.verb = topic->add_subcommand("refund", "Proposes to give money of a payment back.");
  refund.verb->add_option("PAYMENT", given->name, "The payment, payments/{payment}.")->required();
  refund.verb->add_option("--fen", given->fen, "How much, in fen.")->check(FenText())->required();
  refund.verb->add_option("--reason", given->reason, "Why.")->required();
  refund.run = [&session, given] { return ShowProposal(session, Refund(session, *given)); };
  commands.push_back(std::move(refund));

  Command list;
  list.verb = topic->add_subcommand("list", "Lists proposals that wait for a second person.");
  list.verb->add_flag("--all", given->with_decided, "Decided ones too.");
  list.run = [&session, given] { return List(session, *given); };
  commands.push_back(std::move(list));

  Command approve;
  approve.verb = AddDecision(*topic, "approve", "Approves a proposal of somebody else.", *given);
  approve.verb->add_option("--comment", given->reason, "Said with it.");
  approve.run = [&session, given] {
    return ShowProposal(session, Decide(session, *given, DecideProposalRequest::DECISION_APPROVE));
  };
  commands.push_back(std::move(approve));

  Command reject;
  reject.verb =
      AddDecision(*topic, "reject", "Rejects a proposal, or withdraws one's own.", *given);
  reject.verb->add_option("--comment", given->reason, "Why.")->required();
  reject.run = [&session, given] {
    return ShowProposal(session, Decide(session, *given, DecideProposalRequest::DECISION_REJECT));
  };
  commands.push_back(std::move(reject));
}

}  // namespace houbu::ctl
