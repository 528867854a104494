/// What bookings are kept in and read from, put together with its figures: the record, runs in
/// memory, and the confirmations that follow a commit.
#pragma once

#include "libs/async/doorbell.h"
#include "libs/postgres/group_commit.h"
#include "libs/process/environment.h"
#include "libs/process/process.h"
#include "services/slot/app/confirmations.h"
#include "services/slot/app/guarded_index.h"
#include "services/slot/app/matching.h"
#include "services/slot/storage/cached_runs.h"
#include "services/slot/storage/postgres_record.h"

namespace houbu::slot {

/// Builds the record, which commits as `options` say, with figures of its batches.
PostgresRecord& BuildRecord(process::Parts& parts, process::Environment& env,
                            postgres::GroupCommitOptions options);

/// Builds runs in memory, with figures of what was found there.
CachedRuns& BuildRuns(process::Parts& parts, process::Environment& env);

/// Builds the confirmations and adds the loop that tells the index.
Confirmations& BuildConfirmations(process::Parts& parts, GuardedIndex& index);

/// Adds the loop that decides matches: at once when places became free here, and again and again
/// for those that others made.
void AddMatching(process::Parts& parts, GuardedIndex& index, Matching& matching,
                 async::Doorbell& released);

}  // namespace houbu::slot
