/// The index with all that stands around it: what guards it, sells without it, rebuilds it and
/// compares it with the record. Put together apart from the rest of slot.
#pragma once

#include <functional>

#include "libs/async/task.h"
#include "libs/process/environment.h"
#include "libs/process/process.h"
#include "services/slot/app/fresh_index.h"
#include "services/slot/app/guarded_index.h"
#include "services/slot/app/index_clearing.h"
#include "services/slot/app/index_diff.h"
#include "services/slot/app/index_keeper.h"
#include "services/slot/app/index_rebuild.h"
#include "services/slot/assembly.h"
#include "services/slot/storage/postgres_inventory.h"
#include "services/slot/storage/redis_homes.h"
#include "services/slot/storage/redis_inventory.h"

namespace houbu::slot {

/// Owned by the process's parts.
struct IndexParts {
  RedisInventory& redis;
  RedisHomes& homes;
  GuardedIndex& index;
  FreshIndex& fresh_index;
  IndexRebuild& rebuild;
  IndexDiff& diff;
  IndexClearing& clearing;
};

/// Builds the index, with figures and log lines.
IndexParts BuildIndex(process::Parts& parts, process::Environment& env, const SlotConfig& config,
                      PostgresInventory& inventory);

/// Adds what is done before serving, and the loops that keep the index true.
void AddIndexWork(process::Parts& parts, const SlotConfig& config, const IndexParts& built,
                  IndexKeeper& keeper);

/// A round on the index; none while it is away, and no failure, after which it would rest for long.
async::Task<void> WhileUsed(GuardedIndex& index, std::function<async::Task<int>()> round);

}  // namespace houbu::slot
