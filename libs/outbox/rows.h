/// Table `outbox` as the dispatcher sees it; private to libs/outbox.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/outbox/dispatcher.h"
#include "libs/postgres/pool.h"
#include "libs/postgres/unit_of_work.h"

namespace houbu::outbox {

/// A row this dispatcher may call until its lease ends.
struct ClaimedCall {
  postgres::OutboxCall call;
  int attempts = 0;  ///< This one included; whoever claims later has more.
  int refusals = 0;  ///< Of earlier attempts.
};

/// What to claim.
struct Claim {
  absl::Time now;
  absl::Time lease_until;
  int limit = 0;
  std::vector<std::string> targets_full;  ///< Not for these targets.
};

/// How an attempt that was not answered OK ends.
struct Postponement {
  std::string error;
  bool refused = false;  ///< No outage: one more refusal.
  bool parked = false;   ///< Given up.
  absl::Time now;
  absl::Time due_at;  ///< The next attempt's time.
};

/// Claims due rows, of each aggregate at most the oldest.
Task<std::vector<ClaimedCall>> ClaimDue(postgres::Pool& pool, Claim claim);

/// How the attempt at a claimed row ended.
struct Finished {
  std::string id;
  int attempts = 0;  ///< As claimed: whoever claimed it later has more, and decides alone.
  std::optional<Postponement> postponed;  ///< Nothing: it was answered.
};

/// Deletes rows that were answered and writes failed attempts down, all in one journey; rows that
/// somebody else claimed meanwhile are left alone.
Task<void> Finish(postgres::Pool& pool, std::vector<Finished> rows);

/// Counts rows.
Task<OutboxStats> CountRows(postgres::Pool& pool, absl::Time now);

/// Has the parked rows of an aggregate tried again; returns how many.
Task<int> UnparkRows(postgres::Pool& pool, std::string aggregate, absl::Time now);

}  // namespace houbu::outbox
