/// Rebuilding the index of many runs from the record, while others go on selling: page by page,
/// some pages at a time. Of a run that is being rebuilt nothing is proposed meanwhile; who asks for
/// it waits a moment or rebuilds it as well, which does no harm.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "services/slot/app/inventory_index.h"
#include "services/slot/app/rebuild_source.h"

namespace houbu::slot {

/// What was rebuilt.
struct Rebuilt {
  int runs = 0;
  std::int64_t rows = 0;  ///< Places and demands that were read from the record and loaded.
};

/// How much is done at once.
struct RebuildPolicy {
  int page = 32;     ///< Runs that are locked together, for one short transaction.
  int parallel = 3;  ///< Pages at a time.
};

/// Rebuilds.
class IndexRebuild final {
 public:
  /// Everything must outlive this.
  struct Tools {
    InventoryIndex& index;
    RebuildSource& source;
    RebuildPolicy policy;
    /// Hears how long a page took, and how many runs it had.
    std::function<void(absl::Duration took, int runs)> watch = nullptr;
  };
  explicit IndexRebuild(Tools tools) : tools_(std::move(tools)) {}

  /// Rebuilds these runs. One that cannot be rebuilt holds up no other; its failure is told in the
  /// end. An outage ends it.
  async::Task<Rebuilt> Rebuild(std::vector<RunId> runs);

 private:
  struct Progress;

  async::Task<void> Work(std::shared_ptr<Progress> progress);
  async::Task<Rebuilt> RebuildPage(std::vector<RunId> page);
  async::Task<std::int64_t> EpochOf(RunId run);

  Tools tools_;
};

}  // namespace houbu::slot
