/// Putting what the record has of a run in place of what the index has, whatever that claims to be.
#pragma once

#include <cstdint>
#include <functional>

#include "libs/async/task.h"
#include "services/slot/app/inventory_index.h"

namespace houbu::slot {

/// The epoch that the index names in refusing a call as kStaleIndex: 0 where it has none, or one of
/// an earlier home.
std::int64_t EpochIn(const absl::Status& refusal);

/// Loads `state`, unless the index has a later one of the run: that is as good. What claims an
/// epoch which `recorded`, the record's own epoch of the run, has never reached is forged, and
/// removed first. Refuses kIndexBusy where others keep changing the run's index meanwhile.
/// `index` must outlive the task.
async::Task<void> LoadRecorded(InventoryIndex& index, RunState state,
                               std::function<async::Task<std::int64_t>()> recorded);

}  // namespace houbu::slot
