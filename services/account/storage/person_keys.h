/// Persons' keys in PostgreSQL.
#pragma once

#include <cstdint>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/account/storage/vault.h"

namespace houbu::account {

/// Keeps a new person's key, in the transaction that makes the person.
async::Task<void> InsertKey(postgres::Transaction& transaction, const PersonKey& key,
                            absl::Time now);

/// Wraps up to `limit` keys anew that are wrapped by another master key than the one numbered
/// `master`, the newest; gives how many. Safe beside a running service, and to stop and repeat.
async::Task<int> RewrapKeys(postgres::Pool& pool, const Vault& vault, int master, int limit);

/// How many keys are wrapped by another master key than `master`.
async::Task<std::int64_t> CountStaleKeys(postgres::Pool& pool, int master);

}  // namespace houbu::account
