#include "services/slot/assembly.h"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "libs/async/doorbell.h"
#include "libs/async/status_macros.h"
#include "libs/observe/log.h"
#include "libs/observe/metrics.h"
#include "libs/process/account_traces.h"
#include "libs/process/process.h"
#include "services/slot/app/availability.h"
#include "services/slot/app/board_keeper.h"
#include "services/slot/app/booking_creation.h"
#include "services/slot/app/booking_lookup.h"
#include "services/slot/app/cancellation.h"
#include "services/slot/app/demand_explanation.h"
#include "services/slot/app/demand_line.h"
#include "services/slot/app/due_bookings.h"
#include "services/slot/app/index_keeper.h"
#include "services/slot/app/journey_search.h"
#include "services/slot/app/matching.h"
#include "services/slot/app/payment_confirmation.h"
#include "services/slot/app/rebooking.h"
#include "services/slot/app/run_cancellations.h"
#include "services/slot/app/run_opening.h"
#include "services/slot/app/sale_switch.h"
#include "services/slot/app/timetable_cache.h"
#include "services/slot/app/timetable_import.h"
#include "services/slot/app/trip_lookup.h"
#include "services/slot/app/window_search.h"
#include "services/slot/booking_parts.h"
#include "services/slot/index_parts.h"
#include "services/slot/peers/account_statements.h"
#include "services/slot/peers/answers.h"
#include "services/slot/peers/effect_calls.h"
#include "services/slot/rpc/booking_handlers.h"
#include "services/slot/rpc/catalogue_handlers.h"
#include "services/slot/rpc/demand_handlers.h"
#include "services/slot/rpc/import_command.h"
#include "services/slot/rpc/inventory_handlers.h"
#include "services/slot/rpc/payment_listener_handlers.h"
#include "services/slot/rpc/trip_handlers.h"
#include "services/slot/storage/account_traces.h"
#include "services/slot/storage/change_feed.h"
#include "services/slot/storage/feed_folder.h"
#include "services/slot/storage/postgres_bookings.h"
#include "services/slot/storage/postgres_cancelled_runs.h"
#include "services/slot/storage/postgres_catalogue.h"
#include "services/slot/storage/postgres_demands.h"
#include "services/slot/storage/postgres_inventory.h"
#include "services/slot/storage/postgres_opened_runs.h"
#include "services/slot/storage/postgres_trips.h"
#include "services/slot/storage/schema.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr int kSweepLimit = 100;

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

void AddLoops(process::Parts& parts, DueBookings& due, DemandLine& line,
              RunCancellations& cancellations) {
  parts.loops.push_back({"due_bookings", absl::Milliseconds(250),
                         [&due] { return Ignoring(due.Sweep(kSweepLimit)); }});
  parts.loops.push_back({"departed_demands", absl::Seconds(1),
                         [&line] { return Ignoring(line.SweepDeparted(kSweepLimit)); }});
  parts.loops.push_back({"cancelled_runs", absl::Milliseconds(100),
                         [&cancellations] { return Ignoring(cancellations.Sweep(kSweepLimit)); }});
}

Task<void> KeepCatalogue(TimetableCache& cache, RunOpening& opening) {
  CO_RETURN_IF_ERROR(co_await cache.Refresh());
  const auto opened = co_await opening.OpenHorizon();
  co_return opened.status();
}

/// What searches know: timetables, runs, and what is free of them.
struct CatalogueParts {
  TimetableCache& cache;
  PostgresOpenedRuns& opened;
  BoardKeeper& board;
  Availability& availability;
  WindowSearch& windows;
};

CatalogueParts BuildCatalogue(process::Parts& parts, process::Environment& env,
                              const SlotConfig& config, GuardedIndex& index,
                              PostgresInventory& inventory) {
  auto& store = parts.Own<PostgresCatalogue>(env.postgres());
  auto& opened = parts.Own<PostgresOpenedRuns>(env.postgres());
  auto& cache = parts.Own<TimetableCache>(store);
  auto& feed = parts.Own<RedisChangeFeed>(env.redis(), index);
  const int days_ahead = std::max(config.opening.open_days, config.policy.days_ahead_max) + 1;
  auto& board = parts.Own<BoardKeeper>(BoardKeeper::Tools{env.clock(), cache, opened, days_ahead});
  AvailabilityPolicy policy;
  policy.bytes_max = static_cast<std::size_t>(config.search_memory_mib) << 20;
  auto& availability = parts.Own<Availability>(
      Availability::Tools{env.clock(), board, index, feed, inventory, opened, policy});
  auto& windows = parts.Own<WindowSearch>(WindowSearch::Tools{board, availability, config.policy});
  return CatalogueParts{cache, opened, board, availability, windows};
}

/// Shows how old the copy is that searches count on, and how it is kept.
void ShowAvailability(process::Environment& env, const Availability& availability) {
  observe::Metrics& metrics = env.metrics();
  auto& staleness =
      metrics.AddGauge("houbu_slot_availability_staleness_seconds",
                       "How long ago the changes of what is free were last read to their end.");
  auto& bytes =
      metrics.AddGauge("houbu_slot_availability_bytes", "What the copy of what is free takes.");
  std::vector<std::pair<prometheus::Gauge*, std::int64_t AvailabilityFigures::*>> gauges = {
      {&bytes, &AvailabilityFigures::bytes}};
  const auto add_runs = [&](const char* state, std::int64_t AvailabilityFigures::*figure) {
    gauges.emplace_back(
        &metrics.AddGauge("houbu_slot_availability_runs",
                          "Runs by how searches know what is free of them.", {{"state", state}}),
        figure);
  };
  add_runs("followed", &AvailabilityFigures::runs_followed);
  add_runs("waiting", &AvailabilityFigures::runs_waiting);
  add_runs("dropped", &AvailabilityFigures::runs_dropped);
  std::vector<std::pair<prometheus::Counter*, std::int64_t AvailabilityFigures::*>> counters;
  const auto add_events = [&](const char* event, std::int64_t AvailabilityFigures::*figure) {
    counters.emplace_back(
        &metrics.AddCounter("houbu_slot_availability_events_total",
                            "What befell the copy of what is free.", {{"event", event}}),
        figure);
  };
  add_events("change", &AvailabilityFigures::changes);
  add_events("fill", &AvailabilityFigures::fills);
  add_events("fetch", &AvailabilityFigures::fetches);
  add_events("gap", &AvailabilityFigures::gaps);
  add_events("replaced", &AvailabilityFigures::replaced);
  add_events("contradiction", &AvailabilityFigures::contradictions);
  add_events("outage", &AvailabilityFigures::outages);
  metrics.BeforeRender([&availability, &clock = env.clock(), &staleness, gauges, counters] {
    const AvailabilityFigures figures = availability.figures();
    staleness.Set(absl::ToDoubleSeconds(clock.Now() - availability.as_of()));
    for (const auto& [gauge, figure] : gauges) gauge->Set(static_cast<double>(figures.*figure));
    for (const auto& [counter, figure] : counters) {
      counter->Increment(static_cast<double>(figures.*figure) - counter->Value());
    }
  });
}

/// The catalogue: searches, and runs opened ahead of their day.
void AddCatalogue(process::Parts& parts, process::Environment& env, const SlotConfig& config,
                  const CatalogueParts& catalogue) {
  TimetableCache& cache = catalogue.cache;
  BoardKeeper& board = catalogue.board;
  Availability& availability = catalogue.availability;
  auto& opening = parts.Own<RunOpening>(
      RunOpening::Tools{env.clock(), cache, catalogue.opened, config.opening});
  auto& journeys = parts.Own<JourneySearch>(
      JourneySearch::Tools{env.clock(), cache, board, availability, catalogue.opened, config.policy,
                           config.opening.presale_days});
  parts.Serve<CatalogueHandlers>(
      env.seam(), CatalogueHandlers::UseCases{env.clock(), journeys, catalogue.windows});
  parts.preparations.push_back({"catalogue", [&cache] { return cache.Refresh(); }});
  parts.preparations.push_back({"departure_board", [&board] { return board.Refresh(); }});
  parts.checks.push_back({"availability", [&availability] { return availability.CheckFilled(); }});
  parts.loops.push_back({"catalogue", absl::Seconds(1),
                         [&cache, &opening] { return KeepCatalogue(cache, opening); }});
  parts.loops.push_back({"departure_board", absl::Seconds(1), [&board] { return board.Follow(); }});
  parts.loops.push_back(
      {"availability", absl::Milliseconds(50), [&availability] { return availability.Follow(); }});
  ShowAvailability(env, availability);
}

}  // namespace

absl::StatusOr<process::Parts> BuildSlot(process::Environment& env, const SlotConfig& config) {
  process::Parts parts;
  auto& record = BuildRecord(parts, env, config.commits);
  auto& bookings = parts.Own<PostgresBookings>(env.postgres());
  auto& demands = parts.Own<PostgresDemands>(env.postgres());
  auto& runs = BuildRuns(parts, env);
  auto& inventory = parts.Own<PostgresInventory>(env.postgres(), env.clock());
  const IndexParts around = BuildIndex(parts, env, config, inventory);
  GuardedIndex& index = around.index;
  FreshIndex& fresh_index = around.fresh_index;
  auto& statements = parts.Own<AccountStatements>(env.trust());

  auto& confirmations = BuildConfirmations(parts, index);
  auto& released = parts.Own<async::Doorbell>(env.executor());
  const BookingTools tools{env.clock(),
                           env.ids(),
                           record,
                           runs,
                           bookings,
                           inventory,
                           fresh_index,
                           index,
                           config.policy,
                           &confirmations,
                           [&released] { released.Ring(); }};
  const CatalogueParts catalogue = BuildCatalogue(parts, env, config, index, inventory);
  auto& creation = parts.Own<BookingCreation>(tools, statements);
  auto& lookup = parts.Own<BookingLookup>(bookings);
  auto& cancellation = parts.Own<Cancellation>(tools);
  auto& rebooking = parts.Own<Rebooking>(tools, statements, catalogue.windows);
  auto& confirmation = parts.Own<PaymentConfirmation>(tools);
  auto& due = parts.Own<DueBookings>(tools);
  auto& line = parts.Own<DemandLine>(tools, demands);
  auto& explainer = parts.Own<DemandExplainer>(tools, demands);
  auto& matching =
      parts.Own<Matching>(tools, demands, ReaderName(config.common), CountUndecided(env));
  auto& keeper = parts.Own<IndexKeeper>(IndexKeeper::Tools{
      env.clock(), record, index, inventory, fresh_index, KeeperPolicy(), &around.rebuild,
      [&homes = around.homes](const std::string& run) { return homes.ShardOf(run); }});

  auto& sales =
      parts.Own<SaleSwitch>(SaleSwitch::Tools{env.clock(), record, inventory, fresh_index});
  parts.Serve<BookingHandlers>(
      env.seam(), BookingHandlers::UseCases{creation, lookup, cancellation, rebooking});
  parts.Serve<DemandHandlers>(env.seam(), line, explainer);
  auto& trips = parts.Own<PostgresTrips>(env.postgres());
  auto& trip_lookup = parts.Own<TripLookup>(env.clock(), trips);
  parts.Serve<TripHandlers>(env.seam(), trip_lookup);
  auto& cancelled = parts.Own<PostgresCancelledRuns>(env.postgres());
  auto& cancellations = parts.Own<RunCancellations>(tools, cancelled, demands, sales);
  parts.Serve<InventoryHandlers>(env.seam(), keeper, sales, cancellations);
  parts.Serve<PaymentListenerHandlers>(env.seam(), confirmation);
  process::ServeAccountTraces(parts, env,
                              {kLiveOfAccount, {kForgetAccount.begin(), kForgetAccount.end()}});
  AddCatalogue(parts, env, config, catalogue);
  AddAnswerHooks(env, confirmation, matching);
  AddMatching(parts, index, matching, released);
  AddLoops(parts, due, line, cancellations);
  AddIndexWork(parts, config, around, keeper);
  return parts;
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

process::Service<SlotConfig> SlotService() {
  process::Service<SlotConfig> service;
  service.name = "slot";
  service.migrations = kMigrations;
  service.build = BuildSlot;
  service.commands.push_back({"import", "Takes in timetables, classes and windows.", RunImport});
  return service;
}

}  // namespace houbu::slot
