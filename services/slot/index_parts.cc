#include "services/slot/index_parts.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "libs/observe/log.h"
#include "libs/observe/metrics.h"
#include "services/slot/storage/postgres_ended_runs.h"
#include "services/slot/storage/postgres_homes.h"
#include "services/slot/storage/postgres_states.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr int kRevivePage = 100;
constexpr int kRebuildLimit = 1000;
constexpr int kClearLimit = 200;

GuardWatch WatchGuard(process::Environment& env) {
  auto& used = env.metrics().AddGauge("houbu_inventory_index_used",
                                      "1 while the index is used, 0 while the record serves.");
  auto& moves = env.metrics().AddCounter(
      "houbu_inventory_index_moves_total",
      "Shards whose server was another than before, or in an earlier state.");
  used.Set(1);
  GuardWatch watch;
  watch.moved = [&moves](const IndexHome& home, const ShownHome& shown) {
    moves.Increment();
    observe::Log(observe::Level::kWarning, "index_moved",
                 {observe::Field("shard", home.shard), observe::Field("home", home.number),
                  observe::Field("server", shown.server), observe::Field("shown", shown.number),
                  observe::Field("mark", shown.mark)});
  };
  watch.turned = [&used](const absl::Status& state, const absl::Status& cause) {
    used.Set(state.ok() ? 1 : 0);
    if (state.ok()) {
      observe::Log(observe::Level::kInfo, "index_used");
    } else {
      observe::Log(observe::Level::kError, "index_not_used",
                   {observe::ErrorField(state), observe::Field("cause", cause.ToString())});
    }
  };
  return watch;
}

DiffWatch WatchDiff(process::Environment& env) {
  auto& error = env.metrics().AddGauge(
      "houbu_inventory_conservation_error",
      "Unit-legs that are neither taken nor free, or both; 0 unless something is wrong.");
  DiffWatch watch;
  watch.conservation = [&error](std::int64_t sum) { error.Set(static_cast<double>(sum)); };
  watch.differs = [&env](const std::string& run, const std::map<DifferenceKind, int>& kinds) {
    observe::Log(observe::Level::kWarning, "index_differs", {observe::Field("run", run)});
    for (const auto& [kind, count] : kinds) {
      env.metrics()
          .AddCounter("houbu_inventory_differences_total",
                      "Differences that were found between record and index, and put right.",
                      {{"kind", std::string(NameOf(kind))}})
          .Increment(count);
    }
  };
  return watch;
}

std::function<void(absl::Duration, int)> WatchRebuild(process::Environment& env) {
  auto& runs = env.metrics().AddCounter("houbu_inventory_rebuilt_runs_total",
                                        "Runs whose index was rebuilt from the record.");
  auto& seconds = env.metrics().AddHistogram("houbu_inventory_rebuild_page_seconds",
                                             "How long rebuilding some runs together took.",
                                             observe::CallDurationBuckets());
  return [&runs, &seconds](absl::Duration took, int count) {
    runs.Increment(count);
    seconds.Observe(absl::ToDoubleSeconds(took));
  };
}

/// Redis may be away when the service starts; a Redis that must not be used keeps it from starting.
Task<void> PrepareIndex(RedisInventory& redis, GuardedIndex& index) {
  const absl::Status loaded = co_await redis.Prepare();
  if (!loaded.ok() && !absl::IsUnavailable(loaded)) co_return loaded;
  const absl::Status checked = co_await index.Check();
  co_return IsUnfit(checked) ? checked : absl::OkStatus();
}

Task<void> LookAtHomes(GuardedIndex& index) {
  // What it found is the guard's state, and told when it changes.
  const absl::Status ignored = co_await index.Check();
  co_return absl::OkStatus();
}

}  // namespace

Task<void> WhileUsed(GuardedIndex& index, std::function<Task<int>()> round) {
  if (!index.state().ok()) co_return absl::OkStatus();
  const auto done = co_await round();
  co_return index.state().ok() ? done.status() : absl::OkStatus();
}

IndexParts BuildIndex(process::Parts& parts, process::Environment& env, const SlotConfig& config,
                      PostgresInventory& inventory) {
  auto& redis = parts.Own<RedisInventory>(env.redis(), config.shards);
  auto& servers = parts.Own<RedisHomes>(env.redis(), config.shards);
  auto& homes = parts.Own<PostgresHomes>(env.postgres(), env.clock());
  auto& states = parts.Own<PostgresStates>(env.postgres(), env.clock());
  auto& index = parts.Own<GuardedIndex>(
      GuardedIndex::Tools{redis, servers, homes, GuardPolicy(), WatchGuard(env)});
  DirectPolicy policy;
  policy.sales_per_second = config.without_index_per_second;
  auto& found = env.metrics().AddCounter("houbu_inventory_direct_total",
                                         "Places found in the record while the index was away.");
  auto& direct =
      parts.Own<DirectInventory>(inventory, env.clock(), policy, [&found] { found.Increment(); });
  auto& fresh_index = parts.Own<FreshIndex>(index, inventory, &direct);
  auto& rebuild = parts.Own<IndexRebuild>(
      IndexRebuild::Tools{index, states, RebuildPolicy(), WatchRebuild(env)});
  auto& diff = parts.Own<IndexDiff>(
      IndexDiff::Tools{env.clock(), index, inventory, states, rebuild, WatchDiff(env)});
  auto& ended = parts.Own<PostgresEndedRuns>(env.postgres());
  auto& clearing = parts.Own<IndexClearing>(IndexClearing::Tools{env.clock(), index, ended});
  return IndexParts{redis, servers, index, fresh_index, rebuild, diff, clearing};
}

void AddIndexWork(process::Parts& parts, const SlotConfig& config, const IndexParts& built,
                  IndexKeeper& keeper) {
  GuardedIndex& index = built.index;
  parts.serves_without_redis = true;
  parts.preparations.push_back(
      {"inventory_index", [&redis = built.redis, &index] { return PrepareIndex(redis, index); }});
  parts.loops.push_back(
      {"index_homes", absl::Milliseconds(500), [&index] { return LookAtHomes(index); }});
  const auto add = [&parts, &index](const std::string& name, absl::Duration interval,
                                    std::function<Task<int>()> round) {
    parts.loops.push_back(
        {name, interval, [&index, round = std::move(round)] { return WhileUsed(index, round); }});
  };
  add("index_debts", absl::Milliseconds(500),
      [&keeper] { return keeper.RebuildOwed(kRebuildLimit); });
  add("lost_indexes", absl::Seconds(1), [&keeper] { return keeper.ReviveLost(kRevivePage); });
  add("index_tokens", absl::Seconds(10), [&keeper] { return keeper.SweepTokens(); });
  add("ended_runs", absl::Seconds(10),
      [&clearing = built.clearing] { return clearing.Round(kClearLimit); });
  if (config.diff_runs_per_second > 0) {
    add("index_diff", absl::Seconds(1),
        [&diff = built.diff, count = config.diff_runs_per_second] { return diff.Round(count); });
  }
}

}  // namespace houbu::slot
