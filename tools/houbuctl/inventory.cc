#include "tools/houbuctl/inventory.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/rpc/wire.h"
#include "tools/houbuctl/cancellation.h"

#include "houbu/slot/v1/slot.grpc.pb.h"

namespace houbu::ctl {
namespace {

using slot::v1::InventoryReport;
using Stub = slot::v1::InventoryService::Stub;

constexpr int kAllShards = -1;
constexpr int kShardMax = 99;
constexpr int kPageMax = 1000;
// An outage between two pages is waited out.
constexpr int kTriesMax = 5;
constexpr std::chrono::seconds kPause{1};

/// Which runs are meant.
struct Scope {
  std::string run;
  int shard = kAllShards;
  bool all = false;
  int page_size = 200;
};

/// What the pages say together.
struct Sum {
  InventoryReport report;
  double rebuild_seconds = 0;
};

void Add(const InventoryReport& page, Sum& sum) {
  InventoryReport& report = sum.report;
  report.set_runs(report.runs() + page.runs());
  report.set_capacity(report.capacity() + page.capacity());
  report.set_taken(report.taken() + page.taken());
  report.set_free(report.free() + page.free());
  report.set_conservation_error(report.conservation_error() + page.conservation_error());
  report.set_oversold(report.oversold() + page.oversold());
  report.set_servable_waiting(report.servable_waiting() + page.servable_waiting());
  report.set_waiting(report.waiting() + page.waiting());
  report.mutable_differences()->MergeFrom(page.differences());
  report.set_rebuilt_runs(report.rebuilt_runs() + page.rebuilt_runs());
  report.set_rebuilt_rows(report.rebuilt_rows() + page.rebuilt_rows());
  sum.rebuild_seconds += static_cast<double>(page.rebuild_duration().seconds()) +
                         static_cast<double>(page.rebuild_duration().nanos()) / 1e9;
}

bool IsSound(const InventoryReport& report) {
  return report.differences().empty() && report.conservation_error() == 0 &&
         report.oversold() == 0 && report.servable_waiting() == 0;
}

void ShowJson(const Sum& sum) {
  const InventoryReport& report = sum.report;
  nlohmann::json shown = {
      {"runs", report.runs()},
      {"capacity", report.capacity()},
      {"taken", report.taken()},
      {"free", report.free()},
      {"conservation_error", report.conservation_error()},
      {"oversold", report.oversold()},
      {"waiting", report.waiting()},
      {"servable_waiting", report.servable_waiting()},
      {"rebuilt_runs", report.rebuilt_runs()},
      {"rebuilt_rows", report.rebuilt_rows()},
      {"rebuild_seconds", sum.rebuild_seconds},
      {"differences", nlohmann::json::array()},
  };
  for (const std::string& difference : report.differences()) {
    shown["differences"].push_back(difference);
  }
  std::cout << shown.dump() << std::endl;
}

void ShowText(const Sum& sum) {
  const InventoryReport& report = sum.report;
  for (const std::string& difference : report.differences()) std::cout << difference << "\n";
  if (report.rebuilt_runs() > 0) {
    std::cout << "rebuilt: " << report.rebuilt_runs() << " runs, " << report.rebuilt_rows()
              << " rows in " << sum.rebuild_seconds << " s\n";
  }
  std::cout << "runs: " << report.runs() << ", unit-legs: " << report.capacity()
            << ", taken: " << report.taken() << ", free: " << report.free()
            << ", conservation error: " << report.conservation_error()
            << "\noversold: " << report.oversold() << ", waiting: " << report.waiting()
            << ", of them servable: " << report.servable_waiting() << "\n"
            << (IsSound(report) ? "record and index agree" : "record and index differ")
            << std::endl;
}

template <class Request>
Request RequestFor(const Scope& scope, const std::string& page_token) {
  Request request;
  request.set_run(scope.run);
  if (scope.shard != kAllShards) request.set_shard(scope.shard);
  if (scope.run.empty()) request.set_page_size(scope.page_size);
  request.set_page_token(page_token);
  return request;
}

absl::StatusOr<InventoryReport> Diff(const Session& session, Stub& stub, const Scope& scope,
                                     const std::string& page_token) {
  const auto request = RequestFor<slot::v1::CheckInventoryRequest>(scope, page_token);
  return session.Call(stub, &Stub::CheckInventory, request);
}

absl::StatusOr<InventoryReport> Rebuild(const Session& session, Stub& stub, const Scope& scope,
                                        const std::string& page_token) {
  auto request = RequestFor<slot::v1::RebuildInventoryRequest>(scope, page_token);
  request.set_request_id(NewRequestId());
  return session.Call(stub, &Stub::RebuildInventory, request);
}

using AskPage = absl::StatusOr<InventoryReport> (*)(const Session&, Stub&, const Scope&,
                                                    const std::string&);

absl::StatusOr<Sum> AskAll(const Session& session, const Scope& scope, AskPage ask) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Slot());
  Stub stub(channel);
  Sum sum;
  std::string token;
  int failures = 0;
  do {
    const absl::StatusOr<InventoryReport> page = ask(session, stub, scope, token);
    if (absl::IsUnavailable(page.status()) && ++failures < kTriesMax) {
      std::this_thread::sleep_for(kPause);
      continue;
    }
    if (!page.ok()) return page.status();
    failures = 0;
    Add(*page, sum);
    token = page->next_page_token();
  } while (failures > 0 || !token.empty());
  return sum;
}

Exit RunOver(const Session& session, const Scope& scope, AskPage ask) {
  if (scope.run.empty() && scope.shard == kAllShards && !scope.all) {
    std::cerr << "houbuctl: say which runs: --run, --shard or --all" << std::endl;
    return Exit::kUsage;
  }
  const absl::StatusOr<Sum> sum = AskAll(session, scope, ask);
  if (!sum.ok()) return Complain(sum.status());
  session.json() ? ShowJson(*sum) : ShowText(*sum);
  return IsSound(sum->report) ? Exit::kOk : Exit::kFound;
}

void AddVerb(CLI::App& topic, Session& session, std::vector<Command>& commands,
             const std::string& name, const std::string& description, AskPage ask) {
  auto scope = std::make_shared<Scope>();
  Command command;
  command.verb = topic.add_subcommand(name, description);
  auto* run = command.verb->add_option("--run", scope->run, "One run, runs/{run}.");
  auto* shard = command.verb->add_option("--shard", scope->shard, "The runs in use of a shard.")
                    ->check(CLI::Range(0, kShardMax))
                    ->excludes(run);
  command.verb->add_flag("--all", scope->all, "All runs in use.")->excludes(run)->excludes(shard);
  command.verb->add_option("--page-size", scope->page_size, "Runs gone through in one call.")
      ->check(CLI::Range(1, kPageMax))
      ->capture_default_str();
  command.run = [&session, scope, ask] { return RunOver(session, *scope, ask); };
  commands.push_back(std::move(command));
}

void ShowSale(const Session& session, const slot::v1::RunSale& sale) {
  const bool closed = sale.state() == slot::v1::RunSale::STATE_CLOSED;
  const std::string state = closed ? "closed" : "open";
  if (session.json()) {
    std::cout << nlohmann::json{{"run", sale.run()}, {"sale", state}}.dump() << std::endl;
  } else {
    std::cout << sale.run() << " is " << state << " to new buyers" << std::endl;
  }
}

template <class Request>
using TurnSale = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, slot::v1::RunSale*);

template <class Request>
absl::StatusOr<slot::v1::RunSale> AskSale(const Session& session, const std::string& run,
                                          TurnSale<Request> method) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Slot());
  Stub stub(channel);
  Request request;
  request.set_request_id(NewRequestId());
  request.set_run(run);
  return session.Call(stub, method, request);
}

template <class Request>
void AddSaleVerb(CLI::App& topic, Session& session, std::vector<Command>& commands,
                 const std::string& name, const std::string& description,
                 TurnSale<Request> method) {
  auto run = std::make_shared<std::string>();
  Command command;
  command.verb = topic.add_subcommand(name, description);
  command.verb->add_option("RUN", *run, "The run, runs/{run}.")->required();
  command.run = [&session, run, method] {
    const absl::StatusOr<slot::v1::RunSale> sale = AskSale(session, *run, method);
    if (!sale.ok()) return Complain(sale.status());
    ShowSale(session, *sale);
    return Exit::kOk;
  };
  commands.push_back(std::move(command));
}

}  // namespace

void AddInventory(CLI::App& app, Session& session, std::vector<Command>& commands) {
  CLI::App* topic = app.add_subcommand("inventory", "The index of the inventory and its record.");
  topic->require_subcommand(1);
  AddVerb(*topic, session, commands, "diff", "Compares the index with the record.", Diff);
  AddVerb(*topic, session, commands, "rebuild", "Rebuilds the index from the record.", Rebuild);
  AddSaleVerb<slot::v1::CloseSaleRequest>(*topic, session, commands, "close",
                                          "Closes a run to new buyers.", &Stub::CloseSale);
  AddSaleVerb<slot::v1::ReopenSaleRequest>(*topic, session, commands, "reopen",
                                           "Opens a run to new buyers again.", &Stub::ReopenSale);
  AddCancellation(*topic, session, commands);
}

}  // namespace houbu::ctl
