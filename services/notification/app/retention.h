/// Removes what notification no longer needs.
#pragma once

#include "libs/base/clock.h"
#include "services/notification/app/ports.h"

namespace houbu::notification {

/// Removes deliveries that ended long ago: their addresses and texts, codes among them.
class Retention final {
 public:
  /// Uses the store and the clock, which must outlive it; deliveries stay for `deliveries`.
  Retention(MessageStore& store, const Clock& clock, absl::Duration deliveries)
      : store_(store), clock_(clock), deliveries_(deliveries) {}

  /// One round: removes in batches until little is left.
  Task<void> Round();

 private:
  MessageStore& store_;
  const Clock& clock_;
  const absl::Duration deliveries_;
};

}  // namespace houbu::notification
