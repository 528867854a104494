/// What clearing the index needs of the record.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "services/slot/domain/run.h"

namespace houbu::slot {

/// A run that has ended.
struct EndedRun {
  RunId id;
  std::int64_t epoch = 0;  ///< In the record.
  absl::Time departs_at;   ///< From its first stop.
};

/// Reads runs that have ended.
class EndedRuns {
 public:
  virtual ~EndedRuns() = default;

  /// Up to `limit` runs that left by `departed_by`, those after `after` in the order of departure
  /// and id; of `after` only that counts.
  virtual async::Task<std::vector<EndedRun>> Read(EndedRun after, absl::Time departed_by,
                                                  int limit) = 0;
};

}  // namespace houbu::slot
