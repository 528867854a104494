/// What payment keeps of an account, for when the account is to be erased.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/request.h"

namespace houbu::payment {

using async::Task;

/// What keeps an account from being erased.
struct LiveThing {
  std::string name;  ///< "payments/py-...", "payments/py-.../refunds/rf-...".
  bool is_refund = false;
};

/// Where the traces of accounts are found.
class AccountTraces {
 public:
  virtual ~AccountTraces() = default;

  /// Returns up to `limit` of an account's payments and refunds that are not settled.
  virtual Task<std::vector<LiveThing>> ListLive(std::string account, int limit) = 0;

  /// Removes what is personal of an account for good: who paid goes from its payments; the books
  /// stay. Stores `answer` with it; a repeated request changes nothing.
  virtual Task<void> Forget(std::string account, RequestKey key, std::string answer,
                            absl::Time now) = 0;
};

}  // namespace houbu::payment
