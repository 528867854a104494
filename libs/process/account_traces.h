/// What a service keeps of accounts: named while it is under way, forgotten once account has erased
/// its owner (R-17; ADR 25). Alike in every service but for the statements.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "libs/postgres/pool.h"
#include "libs/process/process.h"

#include "houbu/account/v1/erasure.pb.h"

namespace houbu::process {

/// The statements of one service. `$1` is "accounts/ac-...".
struct TraceStatements {
  /// Gives what is under way as `name` and `kind`, "BOOKING" for KIND_BOOKING; `$2` is the most
  /// rows wanted. Empty where nothing of the service keeps an account.
  const char* list_live = "";
  /// Each removes something personal.
  std::vector<const char*> forget;
};

/// The traces of accounts in a service's database.
class AccountTraces final {
 public:
  /// Uses the pool, which must outlive it.
  AccountTraces(postgres::Pool& pool, TraceStatements statements)
      : pool_(pool), statements_(std::move(statements)) {}

  /// Returns up to `limit` of what an account has under way.
  async::Task<std::vector<account::v1::ErasureBlocker>> ListLive(std::string account, int limit);

  /// Removes what is personal of an account for good, and what was stored to answer it again, in
  /// one transaction with `answer`; a repeated request changes nothing.
  async::Task<void> Forget(std::string account, RequestKey key, std::string answer, absl::Time now);

 private:
  postgres::Pool& pool_;
  const TraceStatements statements_;
};

/// Has houbu.account.v1.ErasureListenerService served, and ErasureBlockerService where something
/// may be under way.
void ServeAccountTraces(Parts& parts, Environment& env, TraceStatements statements);

}  // namespace houbu::process
