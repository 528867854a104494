/// Steps of transactions that end sessions.
#pragma once

#include <string>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/postgres/pool.h"

namespace houbu::account {

/// Ends the live sessions of an account but `kept` ("" for all) with a reason of the schema, and
/// revokes their tokens; gives how many. To be called last in its transaction.
async::Task<int> EndSessions(postgres::Transaction& transaction, std::string account,
                             std::string kept, std::string reason, absl::Time now);

}  // namespace houbu::account
