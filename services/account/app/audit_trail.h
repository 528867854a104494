/// The audit log as staff read it, and its head, which is signed about once a day.
#pragma once

#include <functional>

#include "libs/base/clock.h"
#include "services/account/app/ports_audit.h"

namespace houbu::account {

/// Signs a head with the service's key.
using HeadSigner = std::function<AuditHead(AuditHead)>;

/// Reads the log, and has its head signed.
class AuditTrail final {
 public:
  /// Signs every `interval`, and tells `tell` of each head so that it leaves the database. Uses
  /// what it is given, which must outlive it.
  AuditTrail(AuditStore& store, const Clock& clock, absl::Duration interval, HeadSigner sign,
             std::function<void(const AuditHead&)> tell)
      : store_(store),
        clock_(clock),
        interval_(interval),
        sign_(std::move(sign)),
        tell_(std::move(tell)) {}

  /// Reads entries after a position, oldest first.
  Task<AuditPage> List(AuditFilter filter, std::int64_t after, int limit);

  /// Reads signed heads after a number, oldest first.
  Task<std::vector<AuditHead>> ListHeads(std::int64_t after, int limit);

  /// Signs the head when it is time to. Safe beside other processes that do the same.
  Task<void> SignWhenDue();

 private:
  AuditStore& store_;
  const Clock& clock_;
  const absl::Duration interval_;
  const HeadSigner sign_;
  const std::function<void(const AuditHead&)> tell_;
};

}  // namespace houbu::account
