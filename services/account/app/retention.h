/// Removes what account no longer needs.
#pragma once

#include "libs/base/clock.h"
#include "services/account/app/ports_retention.h"

namespace houbu::account {

/// Sweeps by a policy.
class Retention final {
 public:
  /// Uses what it is given, which must outlive it.
  Retention(RetentionStore& store, const Clock& clock, RetentionPolicy policy)
      : store_(store), clock_(clock), policy_(policy) {}

  /// One round: sweeps in batches until little is left.
  async::Task<void> Round();

 private:
  RetentionStore& store_;
  const Clock& clock_;
  RetentionPolicy policy_;
};

}  // namespace houbu::account
