/// Persons' keys in PostgreSQL.
#pragma once

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/account/storage/vault.h"

namespace houbu::account {

/// Keeps a new person's key, in the transaction that makes the person.
async::Task<void> InsertKey(postgres::Transaction& transaction, const PersonKey& key,
                            absl::Time now);

}  // namespace houbu::account
