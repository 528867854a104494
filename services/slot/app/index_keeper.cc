#include "services/slot/app/index_keeper.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr int kPage = 200;
constexpr int kTokensPerShard = 100;
constexpr int kDifferencesMax = 100;
constexpr int kRevivedPagesMax = 50;

bool IsSound(const InventoryAudit& audit) {
  return audit.conservation_error() == 0 && audit.oversold == 0 && audit.servable_waiting == 0 &&
         audit.differences.empty();
}

}  // namespace

Task<int> IndexKeeper::RebuildOwed(int limit) {
  const absl::Time since = tools_.clock.Now() - tools_.policy.debt_age;
  ASSIGN_OR_CO_RETURN(std::vector<RunId> runs, co_await tools_.inventory.ToRebuild(since, limit));
  // Another epoch would only make whoever waits for this one wait again.
  std::erase_if(runs, [this](const RunId& run) { return tools_.fresh_index.IsRefreshing(run); });
  ASSIGN_OR_CO_RETURN(const Rebuilt done, co_await RebuildAll(std::move(runs)));
  co_return done.runs;
}

Task<Rebuilt> IndexKeeper::RebuildAll(std::vector<RunId> runs) {
  if (tools_.rebuild != nullptr) co_return co_await tools_.rebuild->Rebuild(std::move(runs));
  Rebuilt done;
  absl::Status failure;
  for (const RunId& run : runs) {
    const absl::Status rebuilt = co_await Rebuild(run);
    if (absl::IsUnavailable(rebuilt)) co_return rebuilt;
    // One that cannot be rebuilt must not hold up the others.
    failure.Update(rebuilt);
    ++done.runs;
  }
  if (!failure.ok()) co_return failure;
  co_return done;
}

Task<void> IndexKeeper::Rebuild(RunId run) {
  ASSIGN_OR_CO_RETURN(const RunState state, co_await tools_.inventory.ReadState(run));
  RunEpoch used;
  used.run = run.value();
  used.epoch = state.epoch;
  const auto refreshed = co_await tools_.fresh_index.Refresh(std::move(used), 0);
  co_return refreshed.status();
}

Task<int> IndexKeeper::ReviveLost(int count) {
  int revived = 0;
  for (int pages = 0; pages < kRevivedPagesMax; ++pages) {
    ASSIGN_OR_CO_RETURN(const std::vector<RunId> runs,
                        co_await tools_.inventory.RunsInUse(revived_to_, count));
    revived_to_ = static_cast<int>(runs.size()) < count ? "" : runs.back().value();
    std::vector<RunId> lost;
    for (const RunId& run : runs) {
      ASSIGN_OR_CO_RETURN(const bool is_lost, co_await IsLost(run));
      if (is_lost) lost.push_back(run);
    }
    const bool few = lost.size() < runs.size() / 2;
    ASSIGN_OR_CO_RETURN(const Rebuilt done, co_await RebuildAll(std::move(lost)));
    revived += done.runs;
    if (few || revived_to_.empty()) break;
  }
  co_return revived;
}

Task<bool> IndexKeeper::IsLost(RunId run) {
  RunEpoch none;
  none.run = run.value();
  LegRange first;
  first.to = 1;
  // Epochs begin at 1: the refusal says which one the index has, 0 when it has none.
  const auto refused = co_await tools_.index.Snapshot(std::move(none), first);
  if (refused.ok()) co_return false;
  if (ReasonOf(refused.status()) != kStaleIndex.reason) co_return refused.status();
  const Metadata facts = MetadataOf(refused.status());
  const auto epoch = facts.find("epoch");
  co_return epoch == facts.end() || epoch->second == "0";
}

Task<int> IndexKeeper::SweepTokens() {
  int judged = 0;
  absl::Status failure;
  for (int shard = 0; shard < tools_.index.shards(); ++shard) {
    ASSIGN_OR_CO_RETURN(
        const std::vector<UnconfirmedToken> tokens,
        co_await tools_.index.UnconfirmedTokens(shard, tools_.policy.token_age, kTokensPerShard));
    for (const UnconfirmedToken& token : tokens) {
      const absl::Status done = co_await Judge(token);
      if (absl::IsUnavailable(done)) co_return done;
      failure.Update(done);
      ++judged;
    }
  }
  if (!failure.ok()) co_return failure;
  co_return judged;
}

Task<void> IndexKeeper::Judge(UnconfirmedToken token) {
  std::vector<std::string> tokens(1, token.token);
  ASSIGN_OR_CO_RETURN(const std::set<std::string> live,
                      co_await tools_.inventory.LiveHolders(tokens));
  if (!live.empty()) {
    co_return co_await tools_.index.Confirm(token.run, std::move(tokens));
  }
  // A match nobody has read for so long: a new epoch makes it void and puts the demand in line.
  if (token.holder == TokenHolder::kDemand) co_return co_await Rebuild(RunId(token.run));
  ASSIGN_OR_CO_RETURN(const RunState state, co_await tools_.inventory.ReadState(RunId(token.run)));
  RunEpoch epoch;
  epoch.run = token.run;
  epoch.epoch = state.epoch;
  const auto released = co_await tools_.fresh_index.Release(std::move(epoch), token.token);
  co_return released.status();
}

Task<IndexKeeper::Page> IndexKeeper::RunsOf(InventoryScope scope) {
  Page page;
  if (scope.run.has_value()) {
    page.runs.push_back(*std::move(scope.run));
    co_return page;
  }
  page.next = std::move(scope.after);
  int looked = 0;
  while (true) {
    const int wanted = scope.limit > 0 ? std::min(kPage, scope.limit - looked) : kPage;
    ASSIGN_OR_CO_RETURN(const std::vector<RunId> runs,
                        co_await tools_.inventory.RunsInUse(page.next, wanted));
    for (const RunId& run : runs) {
      if (scope.shard.has_value() && tools_.shard_of(run.value()) != *scope.shard) continue;
      page.runs.push_back(run);
    }
    looked += static_cast<int>(runs.size());
    page.next = static_cast<int>(runs.size()) < wanted ? "" : runs.back().value();
    if (page.next.empty() || (scope.limit > 0 && looked >= scope.limit)) co_return page;
  }
}

Task<InventoryReport> IndexKeeper::CheckRuns(Page page) {
  InventoryReport report;
  report.next = std::move(page.next);
  for (const RunId& each : page.runs) {
    ASSIGN_OR_CO_RETURN(const InventoryAudit audit, co_await AuditRun(each));
    ++report.runs;
    Add(audit, kDifferencesMax, report.audit);
  }
  co_return report;
}

Task<InventoryReport> IndexKeeper::CheckScope(InventoryScope scope) {
  ASSIGN_OR_CO_RETURN(Page page, co_await RunsOf(std::move(scope)));
  co_return co_await CheckRuns(std::move(page));
}

Task<InventoryReport> IndexKeeper::Check(std::optional<RunId> run) {
  InventoryScope scope;
  scope.run = std::move(run);
  co_return co_await CheckScope(std::move(scope));
}

Task<std::string> IndexKeeper::RebuildAndCheck(InventoryScope scope,
                                               Mutation<InventoryReport> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> answer,
                      co_await tools_.record.FindAnswer(mutation.key));
  if (answer.has_value()) co_return *std::move(answer);
  ASSIGN_OR_CO_RETURN(Page page, co_await RunsOf(std::move(scope)));
  const auto began = std::chrono::steady_clock::now();
  std::vector<RunId> runs = page.runs;
  ASSIGN_OR_CO_RETURN(const Rebuilt rebuilt, co_await RebuildAll(std::move(runs)));
  const auto took = absl::FromChrono(std::chrono::steady_clock::now() - began);
  ASSIGN_OR_CO_RETURN(InventoryReport report, co_await CheckRuns(std::move(page)));
  report.rebuilt = rebuilt;
  report.rebuild_time = took;
  std::string bytes = mutation.render(report);
  Change change;
  change.now = tools_.clock.Now();
  change.answer = StoredAnswer{mutation.key, bytes};
  const auto committed = co_await tools_.record.Commit(std::move(change));
  if (!committed.ok()) co_return committed.status();
  co_return bytes;
}

Task<InventoryAudit> IndexKeeper::AuditRun(RunId run) {
  for (int tries = 1;; ++tries) {
    ASSIGN_OR_CO_RETURN(const InventoryAudit audit, co_await AuditOnce(run));
    if (IsSound(audit) || tries >= tools_.policy.audit_tries) co_return audit;
    CO_RETURN_IF_ERROR(co_await async::Sleep(tools_.policy.audit_pause));
  }
}

Task<IndexState> IndexKeeper::IndexStateOf(RunId run) {
  for (int tries = 1; tries <= tools_.policy.audit_tries; ++tries) {
    auto state = co_await tools_.index.FullState(run.value());
    if (ReasonOf(state.status()) != kStaleIndex.reason) co_return state;
    // Nobody has asked for this run since the index was lost: it is built when it is asked for.
    CO_RETURN_IF_ERROR(co_await Rebuild(run));
  }
  co_return Refuse(kIndexBusy);
}

Task<InventoryAudit> IndexKeeper::AuditOnce(RunId run) {
  ASSIGN_OR_CO_RETURN(const IndexState index, co_await IndexStateOf(run));
  ASSIGN_OR_CO_RETURN(const RunState record, co_await tools_.inventory.ReadState(run));
  co_return Audit(record, index);
}

Task<void> IndexKeeper::AddCapacity(Addition addition, StoredAnswer answer) {
  ASSIGN_OR_CO_RETURN(const std::optional<std::string> before,
                      co_await tools_.record.FindAnswer(answer.key));
  if (before.has_value()) co_return absl::OkStatus();
  const RunId run = addition.run;
  ASSIGN_OR_CO_RETURN(Added added, co_await tools_.inventory.AddUnits(
                                       std::move(addition), std::move(answer), tools_.clock.Now()));
  RunEpoch epoch;
  epoch.run = run.value();
  epoch.epoch = added.committed.epoch;
  // The units are there, whatever the index says now: a rebuild has them.
  const auto told = co_await tools_.fresh_index.AddCapacity(std::move(epoch), added.units);
  if (!told.ok()) co_return absl::OkStatus();
  std::vector<std::int64_t> debts(1, added.committed.debt);
  const absl::Status ignored = co_await tools_.inventory.Settle(run, std::move(debts));
  co_return absl::OkStatus();
}

}  // namespace houbu::slot
