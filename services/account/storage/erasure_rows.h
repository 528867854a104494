/// Persons removed from the record: their keys destroyed, what these sealed deleted.
#pragma once

#include <string>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/postgres/pool.h"

namespace houbu::account {

/// Destroys the keys of an account and of all its passengers and removes all that is personal of
/// them; the account's row stays as a name.
async::Task<void> EraseRows(postgres::Transaction& transaction, std::string account,
                            absl::Time now);

/// Destroys the keys of up to `limit` passengers that their accounts removed before `before` and
/// removes their rows, and those of documents removed before then; gives how many of the kind that
/// had most.
async::Task<int> SweepRemovedPassengers(postgres::Pool& pool, absl::Time before, absl::Time now,
                                        int limit);

/// Refuses with ACCOUNT_CLOSING whose account is being erased; the account's row is held against
/// its closing until the transaction ends.
async::Task<void> CheckNotClosing(postgres::Transaction& transaction, std::string account);

}  // namespace houbu::account
