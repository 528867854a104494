// The slot service: runs, their inventory by leg, bookings, and the line of demands.
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/observe/log.h"
#include "libs/observe/metrics.h"
#include "libs/process/process.h"
#include "services/slot/app/booking_creation.h"
#include "services/slot/app/booking_lookup.h"
#include "services/slot/app/cancellation.h"
#include "services/slot/app/demand_line.h"
#include "services/slot/app/due_bookings.h"
#include "services/slot/app/index_keeper.h"
#include "services/slot/app/journey_search.h"
#include "services/slot/app/matching.h"
#include "services/slot/app/payment_confirmation.h"
#include "services/slot/app/rebooking.h"
#include "services/slot/app/run_opening.h"
#include "services/slot/app/timetable_cache.h"
#include "services/slot/app/timetable_import.h"
#include "services/slot/app/window_search.h"
#include "services/slot/peers/account_statements.h"
#include "services/slot/peers/answers.h"
#include "services/slot/peers/effect_calls.h"
#include "services/slot/rpc/booking_handlers.h"
#include "services/slot/rpc/catalogue_handlers.h"
#include "services/slot/rpc/demand_handlers.h"
#include "services/slot/rpc/import_command.h"
#include "services/slot/rpc/inventory_handlers.h"
#include "services/slot/rpc/payment_listener_handlers.h"
#include "services/slot/storage/feed_folder.h"
#include "services/slot/storage/postgres_bookings.h"
#include "services/slot/storage/postgres_catalogue.h"
#include "services/slot/storage/postgres_demands.h"
#include "services/slot/storage/postgres_inventory.h"
#include "services/slot/storage/postgres_opened_runs.h"
#include "services/slot/storage/postgres_record.h"
#include "services/slot/storage/postgres_runs.h"
#include "services/slot/storage/postgres_windows.h"
#include "services/slot/storage/redis_inventory.h"
#include "services/slot/storage/schema.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr int kSweepLimit = 100;

/// What an operator sets.
struct SlotConfig {
  process::CommonConfig common;
  BookingPolicy policy;
  RunOpeningPolicy opening;
  int shards = 16;

  void Bind(process::Binder& binder) {
    common.Bind(binder);
    common.BindRedis(binder);
    common.BindPeer(binder, "payment");
    common.BindPeer(binder, "notification");
    common.BindPeer(binder, "waitlist");
    binder.Optional("inventory.shards", &shards, "Shards of the inventory; never changed later.",
                    process::Range{.least = 1, .most = 100});
    binder.Optional("policy.hold", &policy.hold, "How long a booking waits for its payment.");
    binder.Optional("policy.days_ahead_min", &policy.days_ahead_min,
                    "The latest an appointment can be booked, in days before.",
                    process::Range{.least = 0, .most = 365});
    binder.Optional("policy.days_ahead_max", &policy.days_ahead_max,
                    "The earliest an appointment can be booked, in days before.",
                    process::Range{.least = 0, .most = 365});
    binder.Optional("catalogue.open_days", &opening.open_days,
                    "How many days ahead runs are opened.",
                    process::Range{.least = 1, .most = 365});
    binder.Optional("catalogue.presale_days", &opening.presale_days,
                    "How many days ahead the sale of a run opens.",
                    process::Range{.least = 1, .most = 365});
  }
};

Task<void> TakeUpOpening(PaymentConfirmation& confirmation, std::string request) {
  ASSIGN_OR_CO_RETURN(BookingId booking, OpenedPaymentOf(request));
  co_return co_await confirmation.Opened(std::move(booking));
}

Task<void> TakeUpVerdict(Matching& matching, std::string request, std::string answer) {
  ASSIGN_OR_CO_RETURN(Verdict verdict, VerdictOf(request, answer));
  co_return co_await matching.Decided(std::move(verdict.demand), verdict.accepted);
}

void AddAnswerHooks(process::Environment& env, PaymentConfirmation& confirmation,
                    Matching& matching) {
  env.AddAnswerHook(kCreatePaymentMethod,
                    [&confirmation](std::string, std::string request, std::string) {
                      return TakeUpOpening(confirmation, std::move(request));
                    });
  env.AddAnswerHook(kOnMatchMethod,
                    [&matching](std::string, std::string request, std::string answer) {
                      return TakeUpVerdict(matching, std::move(request), std::move(answer));
                    });
}

// The same after a restart, so that what was being read is read on at once; no other running
// process has both this host and this address.
std::string ReaderName(const process::CommonConfig& common) {
  char host[256] = "";
  gethostname(host, sizeof(host) - 1);
  return absl::StrCat(host, "/", common.server_address);
}

Task<void> Ignoring(Task<int> round) {
  const auto done = co_await std::move(round);
  co_return done.status();
}

MatchWatch CountUndecided(process::Environment& env) {
  auto& undecided = env.metrics().AddCounter("houbu_slot_matches_undecided_total",
                                             "Matches that could not be decided, or not be read.");
  return [&undecided](const Match& match, const absl::Status& failure) {
    undecided.Increment();
    observe::Log(observe::Level::kError, "match_undecided",
                 {observe::Field("run", match.run), observe::Field("demand", match.demand),
                  observe::Field("shard", match.shard), observe::Field("match", match.id),
                  observe::ErrorField(failure)});
  };
}

void AddLoops(process::Parts& parts, DueBookings& due, Matching& matching, DemandLine& line,
              IndexKeeper& keeper) {
  parts.loops.push_back(
      {"matching", absl::Milliseconds(100), [&matching] { return Ignoring(matching.ReadAll()); }});
  parts.loops.push_back({"due_bookings", absl::Milliseconds(250),
                         [&due] { return Ignoring(due.Sweep(kSweepLimit)); }});
  parts.loops.push_back({"departed_demands", absl::Seconds(1),
                         [&line] { return Ignoring(line.SweepDeparted(kSweepLimit)); }});
  parts.loops.push_back({"index_debts", absl::Milliseconds(500),
                         [&keeper] { return Ignoring(keeper.RebuildOwed(kSweepLimit)); }});
  parts.loops.push_back({"lost_indexes", absl::Seconds(1),
                         [&keeper] { return Ignoring(keeper.ReviveLost(kSweepLimit)); }});
  parts.loops.push_back(
      {"index_tokens", absl::Seconds(10), [&keeper] { return Ignoring(keeper.SweepTokens()); }});
}

Task<void> KeepCatalogue(TimetableCache& cache, RunOpening& opening) {
  CO_RETURN_IF_ERROR(co_await cache.Refresh());
  const auto opened = co_await opening.OpenHorizon();
  co_return opened.status();
}

/// The catalogue: searches, and runs opened ahead of their day.
void AddCatalogue(process::Parts& parts, process::Environment& env, const SlotConfig& config,
                  RunStore& runs, FreshIndex& fresh_index, WindowFinder& windows) {
  auto& store = parts.Own<PostgresCatalogue>(env.postgres());
  auto& opened = parts.Own<PostgresOpenedRuns>(env.postgres());
  auto& cache = parts.Own<TimetableCache>(store);
  auto& opening =
      parts.Own<RunOpening>(RunOpening::Tools{env.clock(), cache, opened, config.opening});
  auto& journeys = parts.Own<JourneySearch>(
      JourneySearch::Tools{env.clock(), cache, opened, runs, fresh_index, config.policy});
  parts.Serve<CatalogueHandlers>(env.seam(),
                                 CatalogueHandlers::UseCases{env.clock(), journeys, windows});
  parts.preparations.push_back({"catalogue", [&cache] { return cache.Refresh(); }});
  parts.loops.push_back({"catalogue", absl::Seconds(1),
                         [&cache, &opening] { return KeepCatalogue(cache, opening); }});
}

Task<int> RunImport(process::Environment& env, const SlotConfig& config,
                    std::vector<std::string> words) {
  PostgresCatalogue store(env.postgres());
  PostgresOpenedRuns opened(env.postgres());
  FeedFolder source(env.workers());
  TimetableImport import(env.clock(), store);
  TimetableCache cache(store);
  RunOpening opening(RunOpening::Tools{env.clock(), cache, opened, config.opening});
  ImportCommand command(ImportCommand::Tools{env.clock(), source, import, cache, opening});
  co_return co_await command.Run(std::move(words));
}

absl::StatusOr<process::Parts> BuildSlot(process::Environment& env, const SlotConfig& config) {
  process::Parts parts;
  auto& record = parts.Own<PostgresRecord>(env.postgres(), EncodeEffectCall);
  auto& bookings = parts.Own<PostgresBookings>(env.postgres());
  auto& demands = parts.Own<PostgresDemands>(env.postgres());
  auto& runs = parts.Own<PostgresRuns>(env.postgres());
  auto& windows = parts.Own<PostgresWindows>(env.postgres());
  auto& inventory = parts.Own<PostgresInventory>(env.postgres(), env.clock());
  auto& index = parts.Own<RedisInventory>(env.redis(), config.shards);
  auto& statements = parts.Own<AccountStatements>(env.keys());
  auto& fresh_index = parts.Own<FreshIndex>(index, inventory);

  const BookingTools tools{env.clock(), env.ids(),   record, runs,         bookings,
                           inventory,   fresh_index, index,  config.policy};
  auto& search =
      parts.Own<WindowSearch>(WindowSearch::Tools{windows, runs, fresh_index, config.policy});
  auto& creation = parts.Own<BookingCreation>(tools, statements);
  auto& lookup = parts.Own<BookingLookup>(bookings);
  auto& cancellation = parts.Own<Cancellation>(tools);
  auto& rebooking = parts.Own<Rebooking>(tools, statements, search);
  auto& confirmation = parts.Own<PaymentConfirmation>(tools);
  auto& due = parts.Own<DueBookings>(tools);
  auto& line = parts.Own<DemandLine>(tools, demands);
  auto& matching =
      parts.Own<Matching>(tools, demands, ReaderName(config.common), CountUndecided(env));
  auto& keeper = parts.Own<IndexKeeper>(
      IndexKeeper::Tools{env.clock(), record, index, inventory, fresh_index, KeeperPolicy()});

  parts.Serve<BookingHandlers>(
      env.seam(), BookingHandlers::UseCases{creation, lookup, cancellation, rebooking});
  parts.Serve<DemandHandlers>(env.seam(), line);
  parts.Serve<InventoryHandlers>(env.seam(), keeper);
  parts.Serve<PaymentListenerHandlers>(env.seam(), confirmation);
  parts.preparations.push_back({"inventory_functions", [&index] { return index.Prepare(); }});
  AddCatalogue(parts, env, config, runs, fresh_index, search);
  AddAnswerHooks(env, confirmation, matching);
  AddLoops(parts, due, matching, line, keeper);
  return parts;
}

}  // namespace
}  // namespace houbu::slot

int main(int argc, char** argv) {
  houbu::process::Service<houbu::slot::SlotConfig> service;
  service.name = "slot";
  service.migrations = houbu::slot::kMigrations;
  service.build = houbu::slot::BuildSlot;
  service.commands.push_back(
      {"import", "Takes in timetables, classes and windows.", houbu::slot::RunImport});
  return houbu::process::Run(argc, argv, service);
}
