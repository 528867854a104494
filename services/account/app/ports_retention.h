/// What retention needs of the record.
#pragma once

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "services/account/domain/retention.h"

namespace houbu::account {

/// Where what is over is removed.
class RetentionStore {
 public:
  virtual ~RetentionStore() = default;

  /// Removes at most `limit` rows of each kind that the policy no longer keeps at `now`; gives how
  /// many of the kind that had most.
  virtual async::Task<int> Sweep(RetentionPolicy policy, absl::Time now, int limit) = 0;
};

}  // namespace houbu::account
