/// What slot keeps of an account, for when the account is to be erased.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/request.h"

namespace houbu::slot {

using async::Task;

/// What keeps an account from being erased: "bookings/bk-...".
using LiveThing = std::string;

/// Where the traces of accounts are found.
class AccountTraces {
 public:
  virtual ~AccountTraces() = default;

  /// Returns up to `limit` of an account's bookings that stand and demands that were matched.
  virtual Task<std::vector<LiveThing>> ListLive(std::string account, int limit) = 0;

  /// Removes what is personal of an account for good: names of travellers go from bookings and
  /// demands that are over. Stores `answer` with it; a repeated request changes nothing.
  virtual Task<void> Forget(std::string account, RequestKey key, std::string answer,
                            absl::Time now) = 0;
};

}  // namespace houbu::slot
