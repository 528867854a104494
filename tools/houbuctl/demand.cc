#include "tools/houbuctl/demand.h"

#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "libs/base/status_macros.h"

#include "houbu/slot/v1/slot.grpc.pb.h"

namespace houbu::ctl {
namespace {

using slot::v1::DemandExplanation;
using Stub = slot::v1::DemandService::Stub;

std::string StateOf(const DemandExplanation& why) {
  constexpr absl::string_view kPrefix = "STATE_";
  return absl::AsciiStrToLower(slot::v1::Demand::State_Name(why.state()).substr(kPrefix.size()));
}

void ShowJson(const DemandExplanation& why) {
  nlohmann::json shown = {
      {"demand", why.demand()},
      {"state", StateOf(why)},
      {"run", why.spec().run()},
      {"class", why.spec().class_code()},
      {"from", why.spec().from()},
      {"to", why.spec().to()},
      {"unit_class", why.unit_class_code()},
      {"passengers", why.passengers()},
      {"rank", why.rank()},
      {"in_the_way", why.in_the_way()},
      {"fitting", why.fitting()},
      {"fragmented", why.fragmented()},
      {"blocking_legs", nlohmann::json::array()},
  };
  for (const DemandExplanation::Leg& leg : why.blocking_legs()) {
    shown["blocking_legs"].push_back(
        {{"from", leg.from()}, {"to", leg.to()}, {"free", leg.free()}, {"needed", leg.needed()}});
  }
  std::cout << shown.dump() << std::endl;
}

void ShowText(const DemandExplanation& why) {
  std::cout << why.demand() << " is " << StateOf(why) << ": " << why.spec().class_code() << " on "
            << why.spec().run() << " from " << why.spec().from() << " to " << why.spec().to()
            << std::endl;
  if (why.state() != slot::v1::Demand::STATE_WAITING) return;
  std::cout << "number " << why.rank() << " in line for places of " << why.unit_class_code() << ", "
            << why.in_the_way() << " of those before would take what it needs\n"
            << why.fitting() << " of " << why.passengers() << " would fit all the way\n";
  for (const DemandExplanation::Leg& leg : why.blocking_legs()) {
    std::cout << "blocked from " << leg.from_display_name() << " (" << leg.from() << ") to "
              << leg.to_display_name() << " (" << leg.to() << "): " << leg.free() << " free of "
              << leg.needed() << " needed\n";
  }
  if (why.fragmented()) {
    std::cout << "each leg has enough free places, but not the same ones all the way\n";
  }
  std::cout << std::flush;
}

absl::StatusOr<DemandExplanation> Explain(const Session& session, const std::string& demand) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Slot());
  Stub stub(channel);
  slot::v1::ExplainDemandRequest request;
  request.set_name(demand);
  return session.Call(stub, &Stub::ExplainDemand, request);
}

}  // namespace

void AddDemand(CLI::App& app, Session& session, std::vector<Command>& commands) {
  CLI::App* topic = app.add_subcommand("demand", "Who waits in the line, and why.");
  topic->require_subcommand(1);
  auto demand = std::make_shared<std::string>();
  Command command;
  command.verb = topic->add_subcommand("explain", "Says why a demand still waits.");
  command.verb->add_option("DEMAND", *demand, "The demand, demands/{demand}.")->required();
  command.run = [&session, demand] {
    const absl::StatusOr<DemandExplanation> why = Explain(session, *demand);
    if (!why.ok()) {
      std::cerr << "houbuctl: " << ctl::Explain(why.status()) << std::endl;
      return ExitOf(why.status());
    }
    session.json() ? ShowJson(*why) : ShowText(*why);
    return Exit::kOk;
  };
  commands.push_back(std::move(command));
}

}  // namespace houbu::ctl
