/// Runs that have ended leave the index: nobody asks for them any more, and memory is dear.
#pragma once

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "services/slot/app/inventory_index.h"
#include "services/slot/app/ports_ended.h"

namespace houbu::slot {

/// Takes runs that have ended out of the index, in the order in which they left, some at a time.
///
/// A process begins with what ended in the last days, so what one has left undone another does.
/// Where an ended run is asked for all the same, it is built again from the record.
class IndexClearing final {
 public:
  /// What it works with; everything must outlive it.
  struct Tools {
    const Clock& clock;
    InventoryIndex& index;
    EndedRuns& runs;
  };
  explicit IndexClearing(Tools tools) : tools_(tools) {}

  /// Removes the next `count` at most; gives how many it went through. What could not be removed
  /// because the index is away comes again.
  async::Task<int> Round(int count);

 private:
  Tools tools_;
  EndedRun cleared_to_;
  bool begun_ = false;
};

}  // namespace houbu::slot
