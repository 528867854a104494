/// What notification keeps of an account, for when the account is to be erased.
#pragma once

#include <string>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/request.h"

namespace houbu::notification {

using async::Task;

/// Where the traces of accounts are found.
class AccountTraces {
 public:
  virtual ~AccountTraces() = default;

  /// Removes what is personal of an account for good: how it is reached and what it was told go.
  /// Stores `answer` with it; a repeated request changes nothing.
  virtual Task<void> Forget(std::string account, RequestKey key, std::string answer,
                            absl::Time now) = 0;
};

}  // namespace houbu::notification
