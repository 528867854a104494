/// Closing a run to new buyers: a train that may not go, an extra train kept for those who wait.
///
/// Nobody newly books or enters the line then. Who has places keeps them, who waits is served from
/// what becomes free (W-05): nobody in line notices anything of it.
#pragma once

#include <string>

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "libs/base/request.h"
#include "services/slot/app/fresh_index.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Closes runs and opens them again.
class SaleSwitch final {
 public:
  /// What it works with; everything must outlive it.
  struct Tools {
    const Clock& clock;
    Record& record;
    InventoryRecord& inventory;
    FreshIndex& fresh_index;
  };
  explicit SaleSwitch(Tools tools) : tools_(tools) {}

  /// Closes or opens a run, in the record first; gives the stored answer. A run that is so already
  /// stays so. Refuses kRunNotFound.
  async::Task<std::string> Turn(SaleChange change, Mutation<SaleChange> mutation);

  /// Tells the index of a committed change, or of what the record says by now, and notes the debt
  /// as paid. What fails here is made good by the rebuild the debt leads to.
  async::Task<void> TellIndex(SaleChange change, Committed committed);

 private:
  Tools tools_;
};

}  // namespace houbu::slot
