/// Lines of the audit log, written with what they tell of.
#pragma once

#include <string>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/postgres/pool.h"

namespace houbu::account {

/// Says who did what to an account.
struct AuditLine {
  std::string actor;    ///< "accounts/ac-..." or "services/operators/...".
  std::string account;  ///< "ac-...".
  std::string act;
};

/// Writes a line, in the act's own transaction.
async::Task<void> InsertAuditLine(postgres::Transaction& transaction, AuditLine line,
                                  absl::Time now);

}  // namespace houbu::account
