// The operators' command line: asks the services what only operators may ask.
#include <iostream>
#include <string>
#include <vector>

#include "tools/houbuctl/audit.h"
#include "tools/houbuctl/demand.h"
#include "tools/houbuctl/inventory.h"
#include "tools/houbuctl/ledger.h"
#include "tools/houbuctl/payment.h"
#include "tools/houbuctl/proposal.h"
#include "tools/houbuctl/reconcile.h"
#include "tools/houbuctl/session.h"
#include "tools/houbuctl/staff.h"
#include "tools/houbuctl/travel.h"

namespace houbu::ctl {
namespace {

// Every topic there is; a new one is added here.
constexpr AddTopic kTopics[] = {AddInventory, AddPayment, AddDemand, AddLedger, AddReconcile,
                                AddProposal,  AddAudit,   AddStaff,  AddTravel};

int Run(int argc, char** argv) {
  CLI::App app("Asks Houbu's services what only operators may ask.", "houbuctl");
  app.require_subcommand(1);
  app.fallthrough();
  Session session;
  session.Bind(app);
  std::vector<Command> commands;
  for (const AddTopic add : kTopics) add(app, session, commands);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, std::cout, std::cerr);
    return code == 0 ? code : static_cast<int>(Exit::kUsage);
  }
  for (const Command& command : commands) {
    if (command.verb->parsed()) return static_cast<int>(command.run());
  }
  return static_cast<int>(Exit::kUsage);
}

}  // namespace
}  // namespace houbu::ctl

int main(int argc, char** argv) { return houbu::ctl::Run(argc, argv); }
