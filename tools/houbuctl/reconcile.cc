#include "tools/houbuctl/reconcile.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include <nlohmann/json.hpp>

#include "libs/base/civil.h"
#include "libs/base/money.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/wire.h"
#include "tools/houbuctl/proposal.h"
#include "tools/houbuctl/texts.h"

#include "houbu/payment/v1/reconciliation.grpc.pb.h"

namespace houbu::ctl {
namespace {

using nlohmann::json;
using payment::v1::Case;
using payment::v1::ListCasesResponse;
using payment::v1::ListReconciliationsResponse;
using payment::v1::Reconciliation;
using Stub = payment::v1::ReconciliationService::Stub;

constexpr std::chrono::milliseconds kPollPause(200);

/// What the commands are given; empty texts were not.
struct Given {
  std::string channel;
  std::string day;
  std::string from;
  std::string to;
  int wait_seconds = 600;
  bool with_closed = false;
  std::string name;
  std::string debit;
  std::string credit;
  std::int64_t fen = 0;
  std::string reason;
  bool waive = false;
};

payment::v1::Channel ChannelOf(const std::string& name) {
  payment::v1::Channel channel = payment::v1::CHANNEL_UNSPECIFIED;
  payment::v1::Channel_Parse(absl::StrCat("CHANNEL_", absl::AsciiStrToUpper(name)), &channel);
  return channel;
}

std::string CheckChannel(const std::string& name) {
  return ChannelOf(name) == payment::v1::CHANNEL_UNSPECIFIED
             ? "must be sandbox, wechat_pay or alipay"
             : "";
}

CLI::Validator ChannelText() { return CLI::Validator(CheckChannel, "CHANNEL", "channel"); }

std::string ShownChannel(payment::v1::Channel channel) {
  return absl::AsciiStrToLower(payment::v1::Channel_Name(channel).substr(sizeof("CHANNEL_") - 1));
}

bool IsDone(const Reconciliation& reconciliation) {
  return reconciliation.state() == Reconciliation::STATE_DONE;
}

json Facts(const Reconciliation& reconciliation) {
  return {{"reconciliation", reconciliation.name()},
          {"channel", ShownChannel(reconciliation.channel())},
          {"kind", reconciliation.kind() == Reconciliation::KIND_BILL ? "BILL" : "INQUIRY"},
          {"from", ShownTime(reconciliation.start_time())},
          {"to", ShownTime(reconciliation.end_time())},
          {"done", IsDone(reconciliation)},
          {"failure", reconciliation.failure()},
          {"compared", reconciliation.compared()},
          {"repaired", reconciliation.repaired()},
          {"cases", reconciliation.cases()}};
}

void Show(const Session& session, const Reconciliation& reconciliation) {
  const json facts = Facts(reconciliation);
  if (session.json()) {
    std::cout << facts.dump() << std::endl;
    return;
  }
  std::cout << reconciliation.name() << " " << facts["channel"].get<std::string>() << " "
            << facts["kind"].get<std::string>() << " from " << facts["from"].get<std::string>()
            << ": ";
  if (IsDone(reconciliation)) {
    std::cout << reconciliation.compared() << " compared, " << reconciliation.repaired()
              << " repaired, " << reconciliation.cases() << " left to people" << std::endl;
  } else {
    std::cout << "not done"
              << (reconciliation.failure().empty() ? "" : ": " + reconciliation.failure())
              << std::endl;
  }
}

json Facts(const Case& shown) {
  json facts = {{"case", shown.name()},
                {"class", Case::Class_Name(shown.class_()).substr(sizeof("CLASS_") - 1)},
                {"channel", ShownChannel(shown.channel())},
                {"movement", Case::Movement_Name(shown.movement()).substr(sizeof("MOVEMENT_") - 1)},
                {"subject", shown.subject()},
                {"payment", shown.payment()},
                {"detail", shown.detail()},
                {"opened", ShownTime(shown.open_time())},
                {"seen", ShownTime(shown.seen_time())},
                {"open", shown.closing() == Case::CLOSING_UNSPECIFIED}};
  if (shown.has_ours()) facts["ours_fen"] = shown.ours().minor_units();
  if (shown.has_theirs()) facts["theirs_fen"] = shown.theirs().minor_units();
  if (shown.closing() != Case::CLOSING_UNSPECIFIED) {
    facts["closed_by"] = Case::Closing_Name(shown.closing()).substr(sizeof("CLOSING_") - 1);
    facts["posting"] = shown.posting();
    facts["proposal"] = shown.proposal();
  }
  return facts;
}

std::string Amount(bool known, const type::v1::Money& amount) {
  return known ? absl::StrCat(amount.minor_units(), " fen") : "nothing";
}

void Show(const Session& session, const Case& shown) {
  const json facts = Facts(shown);
  if (session.json()) {
    std::cout << facts.dump() << std::endl;
    return;
  }
  std::cout << shown.name() << " " << facts["class"].get<std::string>() << " "
            << facts["channel"].get<std::string>() << " " << facts["movement"].get<std::string>()
            << " " << shown.subject() << ": " << Amount(shown.has_ours(), shown.ours()) << " here, "
            << Amount(shown.has_theirs(), shown.theirs()) << " there; " << shown.detail();
  if (!shown.payment().empty()) std::cout << " (" << shown.payment() << ")";
  if (!facts["open"].get<bool>()) {
    std::cout << "; closed by " << facts["closed_by"].get<std::string>();
  }
  std::cout << std::endl;
}

absl::StatusOr<Reconciliation> Start(const Session& session, Stub& stub, const Given& given) {
  payment::v1::RunReconciliationRequest request;
  request.set_request_id(NewRequestId());
  request.set_channel(ChannelOf(given.channel));
  if (!given.day.empty()) {
    ASSIGN_OR_RETURN(const absl::CivilDay day, ParseCivilDay(given.day));
    *request.mutable_bill_date() = rpc::ToWire(day);
  }
  if (!given.from.empty()) *request.mutable_start_time() = rpc::ToWire(TimeOf(given.from));
  if (!given.to.empty()) *request.mutable_end_time() = rpc::ToWire(TimeOf(given.to));
  return session.Call(stub, &Stub::RunReconciliation, request);
}

// Until it is done, cannot be done by now, or the patience is over.
absl::StatusOr<Reconciliation> RunAndWait(const Session& session, const Given& given) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Payment());
  Stub stub(channel);
  ASSIGN_OR_RETURN(Reconciliation run, Start(session, stub, given));
  payment::v1::GetReconciliationRequest request;
  request.set_name(run.name());
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(given.wait_seconds);
  while (!IsDone(run) && run.failure().empty() && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(kPollPause);
    ASSIGN_OR_RETURN(run, session.Call(stub, &Stub::GetReconciliation, request));
  }
  return run;
}

Exit Run(const Session& session, const Given& given) {
  const absl::StatusOr<Reconciliation> run = RunAndWait(session, given);
  if (!run.ok()) return Complain(run.status());
  Show(session, *run);
  if (!IsDone(*run)) return Exit::kUnavailable;
  return run->cases() == 0 ? Exit::kOk : Exit::kFound;
}

Exit List(const Session& session) {
  const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = session.Payment();
  if (!channel.ok()) return Complain(channel.status());
  Stub stub(*channel);
  payment::v1::ListReconciliationsRequest request;
  do {
    const absl::StatusOr<ListReconciliationsResponse> page =
        session.Call(stub, &Stub::ListReconciliations, request);
    if (!page.ok()) return Complain(page.status());
    for (const Reconciliation& each : page->reconciliations()) Show(session, each);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return Exit::kOk;
}

Exit ListCases(const Session& session, const Given& given) {
  const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = session.Payment();
  if (!channel.ok()) return Complain(channel.status());
  Stub stub(*channel);
  payment::v1::ListCasesRequest request;
  request.set_with_closed(given.with_closed);
  if (!given.channel.empty()) request.set_channel(ChannelOf(given.channel));
  bool any_open = false;
  do {
    const absl::StatusOr<ListCasesResponse> page = session.Call(stub, &Stub::ListCases, request);
    if (!page.ok()) return Complain(page.status());
    for (const Case& each : page->cases()) {
      Show(session, each);
      any_open = any_open || each.closing() == Case::CLOSING_UNSPECIFIED;
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return any_open ? Exit::kFound : Exit::kOk;
}

absl::StatusOr<payment::v1::Proposal> Close(const Session& session, const Given& given) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Payment());
  payment::v1::ProposalService::Stub stub(channel);
  payment::v1::ProposeClosingRequest request;
  request.set_request_id(NewRequestId());
  request.set_case_(given.name);
  request.set_reason(given.reason);
  if (!given.debit.empty()) {
    request.mutable_adjustment()->set_debit_account(given.debit);
    request.mutable_adjustment()->set_credit_account(given.credit);
    *request.mutable_adjustment()->mutable_amount() = rpc::ToWire(houbu::Fen(given.fen));
  }
  return session.Call(stub, &payment::v1::ProposalService::Stub::ProposeClosing, request);
}

void AddRun(CLI::App& topic, Session& session, const std::shared_ptr<Given>& given,
            std::vector<Command>& commands) {
  Command run;
  run.verb = topic.add_subcommand(
      "run", "Compares a day's bill, or the payments of a stretch of time, now.");
  run.verb->add_option("--channel", given->channel, "sandbox, wechat_pay or alipay.")
      ->required()
      ->check(ChannelText());
  CLI::Option* const day =
      run.verb->add_option("--day", given->day, "The bill of this day, in Beijing.")
          ->check(DayText());
  CLI::Option* const from =
      run.verb->add_option("--from", given->from, "Payments from then on, by asking.")
          ->check(TimeText())
          ->excludes(day);
  run.verb->add_option("--to", given->to, "Until then.")->check(TimeText())->needs(from);
  run.verb->add_option("--wait", given->wait_seconds, "How many seconds to wait for its end.");
  run.run = [&session, given] { return Run(session, *given); };
  commands.push_back(std::move(run));
}

void AddClose(CLI::App& topic, Session& session, const std::shared_ptr<Given>& given,
              std::vector<Command>& commands) {
  Command close;
  close.verb = topic.add_subcommand(
      "close", "Proposes that a case closes; another person approves the proposal.");
  close.verb->add_option("CASE", given->name, "The case, cases/{case}.")->required();
  CLI::Option* const debit =
      close.verb->add_option("--debit", given->debit, "Posting: the account that is debited.");
  CLI::Option* const credit =
      close.verb->add_option("--credit", given->credit, "Posting: the account that is credited.");
  CLI::Option* const fen =
      close.verb->add_option("--fen", given->fen, "Posting: how much, in fen.")->check(FenText());
  debit->needs(credit)->needs(fen);
  credit->needs(debit);
  fen->needs(debit);
  close.verb->add_flag("--waive", given->waive, "Without a posting.")->excludes(debit);
  close.verb->add_option("--reason", given->reason, "Why.")->required();
  close.run = [&session, given] {
    if (given->debit.empty() && !given->waive) {
      std::cerr << "houbuctl: a case closes with --debit, --credit and --fen, or with --waive"
                << std::endl;
      return Exit::kUsage;
    }
    return ShowProposal(session, Close(session, *given));
  };
  commands.push_back(std::move(close));
}

}  // namespace

void AddReconcile(CLI::App& app, Session& session, std::vector<Command>& commands) {
  CLI::App* const topic =
      app.add_subcommand("reconcile", "What providers say against what is booked.");
  topic->require_subcommand(1);
  const auto given = std::make_shared<Given>();
  AddRun(*topic, session, given, commands);

  Command list;
  list.verb = topic->add_subcommand("list", "Lists what was compared, the latest first.");
  list.run = [&session] { return List(session); };
  commands.push_back(std::move(list));

  Command cases;
  cases.verb =
      topic->add_subcommand("cases", "Lists what is left to people; exits 1 while there is any.");
  cases.verb->add_flag("--all", given->with_closed, "Closed ones too.");
  cases.verb->add_option("--channel", given->channel, "Only those of a channel.")
      ->check(ChannelText());
  cases.run = [&session, given] { return ListCases(session, *given); };
  commands.push_back(std::move(cases));

  AddClose(*topic, session, given, commands);
}

}  // namespace houbu::ctl
