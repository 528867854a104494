#include "services/slot/booking_parts.h"

#include <utility>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/status_macros.h"
#include "libs/observe/metrics.h"
#include "services/slot/index_parts.h"
#include "services/slot/peers/effect_calls.h"

namespace houbu::slot {
namespace {

const std::vector<double>& BatchSizes() {
  static const std::vector<double> sizes = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
  return sizes;
}

/// Milliseconds are long here.
const std::vector<double>& ShortWaits() {
  static const std::vector<double> seconds = {0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01,
                                              0.02,   0.05,   0.1,   0.25,  1,     5};
  return seconds;
}

constexpr absl::Duration kMatchesPoll = absl::Milliseconds(100);
constexpr absl::Duration kMatchesSpacing = absl::Milliseconds(5);

async::Task<void> MatchWhenRung(GuardedIndex& index, Matching& matching,
                                async::Doorbell& released) {
  CO_RETURN_IF_ERROR(co_await released.Wait(kMatchesPoll));
  auto reading = WhileUsed(index, [&matching] { return matching.ReadAll(); });
  co_return co_await std::move(reading);
}

}  // namespace

PostgresRecord& BuildRecord(process::Parts& parts, process::Environment& env,
                            postgres::GroupCommitOptions options) {
  observe::Metrics& metrics = env.metrics();
  auto& sizes = metrics.AddHistogram("houbu_slot_commit_batch_size",
                                     "Changes that were written in one batch.", BatchSizes());
  auto& waits = metrics.AddHistogram("houbu_slot_commit_wait_seconds",
                                     "How long the first change of a batch waited for its turn.",
                                     ShortWaits());
  auto& writes =
      metrics.AddHistogram("houbu_slot_commit_write_seconds",
                           "How long writing and committing a batch took.", ShortWaits());
  auto& failed = metrics.AddCounter("houbu_slot_commit_failed_batches_total",
                                    "Batches that failed as a whole.");
  options.on_batch = [&sizes, &waits, &writes, &failed](const postgres::BatchWritten& written) {
    sizes.Observe(written.size);
    waits.Observe(absl::ToDoubleSeconds(written.waited));
    writes.Observe(absl::ToDoubleSeconds(written.took));
    if (!written.ok) failed.Increment();
  };
  return parts.Own<PostgresRecord>(env.postgres(), EncodeEffectCall, std::move(options));
}

CachedRuns& BuildRuns(process::Parts& parts, process::Environment& env) {
  observe::Metrics& metrics = env.metrics();
  constexpr char kName[] = "houbu_slot_run_lookups_total";
  constexpr char kHelp[] = "Runs that bookings asked for, by whether they were in memory.";
  auto& hits = metrics.AddCounter(kName, kHelp, {{"found", "memory"}});
  auto& misses = metrics.AddCounter(kName, kHelp, {{"found", "record"}});
  CachedRunsOptions options;
  options.on_lookup = [&hits, &misses](bool hit) { (hit ? hits : misses).Increment(); };
  auto& runs = parts.Own<CachedRuns>(env.postgres(), options);
  auto& kept = metrics.AddGauge("houbu_slot_runs_in_memory", "Runs kept in memory for bookings.");
  metrics.BeforeRender([&kept, &runs] { kept.Set(runs.size()); });
  return runs;
}

Confirmations& BuildConfirmations(process::Parts& parts, GuardedIndex& index) {
  auto& confirmations = parts.Own<Confirmations>(index);
  parts.loops.push_back({"confirmations", absl::Milliseconds(20), [&index, &confirmations] {
                           return WhileUsed(index,
                                            [&confirmations] { return confirmations.Flush(); });
                         }});
  return confirmations;
}

void AddMatching(process::Parts& parts, GuardedIndex& index, Matching& matching,
                 async::Doorbell& released) {
  process::Loop loop;
  loop.name = "matching";
  // What is freed within this time is decided together.
  loop.interval = kMatchesSpacing;
  loop.round = [&index, &matching, &released] { return MatchWhenRung(index, matching, released); };
  loop.interrupt = [&released] { released.Ring(); };
  parts.loops.push_back(std::move(loop));
}

}  // namespace houbu::slot
