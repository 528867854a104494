/// What the audit log needs of the outside: its record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/audit.h"
#include "services/account/domain/audit.h"

namespace houbu::account {

using async::Task;

/// Which entries are looked for; what is not set is not asked.
struct AuditFilter {
  std::string subject;  ///< The resource itself and what belongs to it: "accounts/ac-1/...".
  std::string actor;
  std::optional<absl::Time> from;   ///< At that time or later.
  std::optional<absl::Time> until;  ///< Before that time.
};

/// A page of entries, and how the log stood when they were read.
struct AuditPage {
  std::vector<AuditRecord> records;
  std::int64_t end_position = 0;
  std::string end_hash;
};

/// Where the audit log is kept.
class AuditStore {
 public:
  virtual ~AuditStore() = default;

  /// Records an act that changed nothing else; acts that do are recorded with what they change.
  virtual Task<void> Append(AuditEntry entry, absl::Time now) = 0;

  /// Reads entries after a position, oldest first.
  virtual Task<AuditPage> List(AuditFilter filter, std::int64_t after, int limit) = 0;

  /// Reads signed heads after a number, oldest first.
  virtual Task<std::vector<AuditHead>> ListHeads(std::int64_t after, int limit) = 0;

  /// Returns the head signed last, nothing before the first.
  virtual Task<std::optional<AuditHead>> LastHead() = 0;

  /// Records a head; gives whether it was the first of its number.
  virtual Task<bool> AddHead(AuditHead head) = 0;
};

}  // namespace houbu::account
