/// Comparing the index with the record all the time, a few runs a round: what a server lost or made
/// up without anybody noticing is found and put right.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "services/slot/app/index_rebuild.h"
#include "services/slot/app/inventory_index.h"
#include "services/slot/app/ports.h"
#include "services/slot/app/rebuild_source.h"
#include "services/slot/domain/inventory_audit.h"

namespace houbu::slot {

/// What is on its way between the two is no difference: one counts when it is still there after
/// this time, in the same epoch, with nothing owed to the index.
inline constexpr absl::Duration kDifferenceAge = absl::Seconds(5);

/// Hears what the comparison finds; unset ones hear nothing.
struct DiffWatch {
  /// A run differs, in so many places of each kind; it is rebuilt.
  std::function<void(const std::string& run, const std::map<DifferenceKind, int>& kinds)> differs;
  /// The sum of what does not add up, over all runs, as far as known.
  std::function<void(std::int64_t error)> conservation;
};

/// Compares. For the process's one event loop.
class IndexDiff final {
 public:
  /// Everything must outlive this.
  struct Tools {
    const Clock& clock;
    InventoryIndex& index;
    InventoryRecord& inventory;
    RebuildSource& source;
    IndexRebuild& rebuild;
    DiffWatch watch;
  };
  explicit IndexDiff(Tools tools) : tools_(std::move(tools)) {}

  /// Looks at the next `count` of the runs in use, round and round, and again at those that looked
  /// different before. Rebuilds what differs; gives how many runs that were.
  async::Task<int> Round(int count);

 private:
  /// A run that looked different.
  struct Suspicion {
    std::int64_t epoch = 0;
    std::set<std::string> differences;
    absl::Time since;
  };

  async::Task<void> LookAt(RecordedRun run, std::vector<RunId>& wrong);
  bool IsConfirmed(const std::string& run, std::int64_t epoch, std::set<std::string> found);
  void Clear(const std::string& run);

  Tools tools_;
  std::string looked_to_;
  std::map<std::string, Suspicion> suspicions_;
  std::map<std::string, std::int64_t> errors_;  // confirmed and not yet put right
};

}  // namespace houbu::slot
