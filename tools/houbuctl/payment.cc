#include "tools/houbuctl/payment.h"

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include <nlohmann/json.hpp>

#include "libs/base/status_macros.h"
#include "libs/rpc/wire.h"
#include "tools/houbuctl/refunds.h"
#include "tools/houbuctl/texts.h"

#include "houbu/payment/v1/payment.grpc.pb.h"

namespace houbu::ctl {
namespace {

using payment::v1::PaymentService;
using Stub = PaymentService::Stub;

/// What both quotes are asked with; empty texts were not given.
struct Asked {
  std::string profile;
  std::string name;
  std::int64_t fare = 0;
  std::int64_t new_fare = 0;
  int tickets = 1;
  std::string departure;
  std::string new_departure;
  std::string at;
  std::string bought;
  std::string left;
  bool appointment = false;
  bool changed_into_spring_festival = false;
};

std::string CheckDuration(const std::string& text) {
  absl::Duration duration;
  return absl::ParseDuration(text, &duration) ? "" : "must be as 191h59m59s";
}

type::v1::Money Yuan(std::int64_t fen) { return rpc::ToWire(Fen(fen)); }

nlohmann::json Facts(const payment::v1::RefundQuote& quote) {
  return {{"profile", quote.profile()},
          {"tier", quote.tier()},
          {"fee_minor", quote.fee().minor_units()},
          {"refund_minor", quote.refund().minor_units()},
          {"currency", quote.fee().currency_code()},
          {"holds_until", ShownTime(quote.expire_time())}};
}

nlohmann::json Facts(const payment::v1::ChangeQuote& quote) {
  return {{"profile", quote.profile()},
          {"tier", quote.tier()},
          {"fee_minor", quote.fee().minor_units()},
          {"difference_fee_minor", quote.difference_fee().minor_units()},
          {"due_minor", quote.due().minor_units()},
          {"refund_minor", quote.refund().minor_units()},
          {"currency", quote.fee().currency_code()},
          {"into_spring_festival", quote.into_spring_festival()},
          {"later", quote.later()},
          {"holds_until", ShownTime(quote.expire_time())}};
}

void Show(const Session& session, const nlohmann::json& facts) {
  if (session.json()) {
    std::cout << facts.dump() << std::endl;
    return;
  }
  for (const auto& [key, value] : facts.items()) {
    std::cout << key << ": " << (value.is_string() ? value.get<std::string>() : value.dump())
              << "\n";
  }
  std::cout.flush();
}

absl::StatusOr<nlohmann::json> AskRefund(const Session& session, const Asked& asked) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Payment());
  Stub stub(channel);
  payment::v1::QuoteRefundRequest request;
  payment::v1::FareFacts& facts = *request.mutable_fare_facts();
  facts.set_product(asked.appointment ? payment::v1::PRODUCT_APPOINTMENT
                                      : payment::v1::PRODUCT_RAIL);
  *facts.mutable_fare() = Yuan(asked.fare);
  facts.set_tickets(asked.tickets);
  *facts.mutable_departure_time() = rpc::ToWire(TimeOf(asked.departure));
  *facts.mutable_cancel_time() = rpc::ToWire(TimeOf(asked.at));
  facts.set_changed_into_spring_festival(asked.changed_into_spring_festival);
  if (!asked.bought.empty()) {
    *request.mutable_purchase_time() = rpc::ToWire(TimeOf(asked.bought));
  }
  absl::Duration left;
  if (!asked.left.empty() && absl::ParseDuration(asked.left, &left)) {
    *facts.mutable_left_when_changed_later() = rpc::ToWire(left);
  }
  request.set_name(asked.name);
  request.set_profile(asked.profile);
  ASSIGN_OR_RETURN(const payment::v1::RefundQuote quote,
                   session.Call(stub, &Stub::QuoteRefund, request));
  return Facts(quote);
}

absl::StatusOr<nlohmann::json> AskChange(const Session& session, const Asked& asked) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Payment());
  Stub stub(channel);
  payment::v1::QuoteChangeRequest request;
  payment::v1::ChangeFacts& facts = *request.mutable_change_facts();
  *facts.mutable_fare() = Yuan(asked.fare);
  *facts.mutable_new_fare() = Yuan(asked.new_fare);
  facts.set_tickets(asked.tickets);
  *facts.mutable_departure_time() = rpc::ToWire(TimeOf(asked.departure));
  *facts.mutable_new_departure_time() = rpc::ToWire(TimeOf(asked.new_departure));
  *facts.mutable_change_time() = rpc::ToWire(TimeOf(asked.at));
  request.set_name(asked.name);
  request.set_profile(asked.profile);
  ASSIGN_OR_RETURN(const payment::v1::ChangeQuote quote,
                   session.Call(stub, &Stub::QuoteChange, request));
  return Facts(quote);
}

using Ask = absl::StatusOr<nlohmann::json> (*)(const Session&, const Asked&);

Exit Run(const Session& session, const Asked& asked, Ask ask) {
  const absl::StatusOr<nlohmann::json> facts = ask(session, asked);
  if (!facts.ok()) return Complain(facts.status());
  Show(session, *facts);
  return Exit::kOk;
}

CLI::Option* AddTime(CLI::App& verb, const char* option, std::string& time, const char* meaning) {
  return verb.add_option(option, time, meaning)->check(TimeText());
}

CLI::Option* AddFare(CLI::App& verb, const char* option, std::int64_t& fen, const char* meaning) {
  return verb.add_option(option, fen, meaning)->check(FenText())->required();
}

void AddCommon(CLI::App& verb, Asked& asked) {
  auto* profile =
      verb.add_option("--profile", asked.profile, "The fee profile; the one in force without it.");
  verb.add_option("--name", asked.name, "Of payments/{payment}, by its own profile.")
      ->excludes(profile);
  AddFare(verb, "--fare-minor", asked.fare, "The fare of one ticket.");
  verb.add_option("--tickets", asked.tickets, "How many tickets.")->capture_default_str();
  AddTime(verb, "--departure", asked.departure, "When the train leaves.")->required();
  AddTime(verb, "--at", asked.at, "When it is given back, or changed.")->required();
}

}  // namespace

void AddPayment(CLI::App& app, Session& session, std::vector<Command>& commands) {
  CLI::App* topic = app.add_subcommand("payment", "Payments and their fees.");
  topic->require_subcommand(1);

  auto refunded = std::make_shared<Asked>();
  Command refund;
  refund.verb = topic->add_subcommand("quote-refund", "Says what a refund would give.");
  AddCommon(*refund.verb, *refunded);
  AddTime(*refund.verb, "--bought", refunded->bought, "When it was bought, for the grace.");
  refund.verb
      ->add_option("--left-when-changed-later", refunded->left,
                   "Changed to a later train with so much time left to the one given up.")
      ->check(CLI::Validator(CheckDuration, "DURATION", "duration"));
  refund.verb->add_flag("--appointment", refunded->appointment, "Of an appointment, not a train.");
  refund.verb->add_flag("--changed-into-spring-festival", refunded->changed_into_spring_festival,
                        "The ticket was changed into the Spring Festival period.");
  refund.run = [&session, refunded] { return Run(session, *refunded, AskRefund); };
  commands.push_back(std::move(refund));

  auto changed = std::make_shared<Asked>();
  Command change;
  change.verb = topic->add_subcommand("quote-change", "Says what another train would cost.");
  AddCommon(*change.verb, *changed);
  AddFare(*change.verb, "--new-fare-minor", changed->new_fare, "The fare of the train taken.");
  AddTime(*change.verb, "--new-departure", changed->new_departure, "When the train taken leaves.")
      ->required();
  change.run = [&session, changed] { return Run(session, *changed, AskChange); };
  commands.push_back(std::move(change));
  AddRefunds(*topic, session, commands);
}

}  // namespace houbu::ctl
