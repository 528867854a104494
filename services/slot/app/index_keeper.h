/// Keeping the index true: what it was not told is made good, places nobody has are given back, and
/// a run is compared with its record or rebuilt from it at an operator's word.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "libs/base/request.h"
#include "services/slot/app/fresh_index.h"
#include "services/slot/app/index_rebuild.h"
#include "services/slot/app/ports.h"
#include "services/slot/domain/inventory_audit.h"

namespace houbu::slot {

/// What was audited, and rebuilt before.
struct InventoryReport {
  int runs = 0;
  InventoryAudit audit;
  Rebuilt rebuilt;
  absl::Duration rebuild_time;
  std::string next;  ///< The last run looked at, where there may be more; else empty.
};

/// Which runs an operator means: one, or those in use that have not ended; of one shard or of all.
struct InventoryScope {
  std::optional<RunId> run;
  std::optional<int> shard;
  std::string after;  ///< Goes on after this run.
  int limit = 0;      ///< Looks at so many runs in use at most; 0 for all.
};

/// How patient the keeper is.
struct KeeperPolicy {
  absl::Duration debt_age = absl::Seconds(3);    ///< Older debts lead to a rebuild; our clock.
  absl::Duration token_age = absl::Seconds(60);  ///< Older tokens are orphans; the index's clock.
  int audit_tries = 5;                           ///< What is on its way needs a moment.
  absl::Duration audit_pause = absl::Milliseconds(150);
};

/// Keeps the index.
class IndexKeeper final {
 public:
  /// What the keeper works with; everything must outlive it.
  struct Tools {
    const Clock& clock;
    Record& record;
    InventoryIndex& index;
    InventoryRecord& inventory;
    FreshIndex& fresh_index;
    KeeperPolicy policy;
    IndexRebuild* rebuild = nullptr;  ///< Rebuilds many runs at once; else one after the other.
    std::function<int(const std::string& run)> shard_of = nullptr;  ///< Tells the shards apart.
  };
  explicit IndexKeeper(Tools tools) : tools_(std::move(tools)) {}

  /// Rebuilds up to `limit` runs whose index was not told something, or is dirty; gives how many.
  async::Task<int> RebuildOwed(int limit);

  /// Looks whether the index still has the next `count` of the runs in use, round and round, and
  /// rebuilds those it has lost: who waits there must not wait for somebody to ask. Goes on while
  /// many are lost. Gives how many were rebuilt.
  async::Task<int> ReviveLost(int count);

  /// Looks at tokens nobody confirmed: confirms those the record has, gives back the others.
  async::Task<int> SweepTokens();

  /// Rebuilds a run's index in a new epoch; refuses kRunNotFound.
  async::Task<void> Rebuild(RunId run);

  /// Compares record and index of a run, or of every run that has not ended and that somebody
  /// has a place on or waits for.
  /// Differences count when they stay: what is on its way gets a moment. Refuses kRunNotFound.
  async::Task<InventoryReport> Check(std::optional<RunId> run);

  /// Compares the runs of a scope, as Check.
  async::Task<InventoryReport> CheckScope(InventoryScope scope);

  /// Rebuilds the runs of a scope, and compares; gives the stored answer.
  async::Task<std::string> RebuildAndCheck(InventoryScope scope,
                                           Mutation<InventoryReport> mutation);

  /// Adds units, once for each request; the line is served first. Refuses kRunNotFound,
  /// kClassUnknown.
  async::Task<void> AddCapacity(Addition addition, StoredAnswer answer);

 private:
  /// The runs of a scope.
  struct Page {
    std::vector<RunId> runs;
    std::string next;
  };
  async::Task<Page> RunsOf(InventoryScope scope);
  async::Task<InventoryReport> CheckRuns(Page page);
  async::Task<Rebuilt> RebuildAll(std::vector<RunId> runs);
  async::Task<InventoryAudit> AuditRun(RunId run);
  async::Task<IndexState> IndexStateOf(RunId run);
  async::Task<InventoryAudit> AuditOnce(RunId run);
  async::Task<void> Judge(UnconfirmedToken token);
  async::Task<bool> IsLost(RunId run);

  Tools tools_;
  std::string revived_to_;  // the run ReviveLost looked at last
};

}  // namespace houbu::slot
