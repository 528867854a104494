/// Many runs of the record at once: what an index is rebuilt from and compared with.
#pragma once

#include <cstdint>
#include <vector>

#include "libs/async/task.h"
#include "services/slot/domain/run.h"
#include "services/slot/domain/run_state.h"

namespace houbu::slot {

/// A run as the record has it.
struct RecordedRun {
  RunState state;
  /// What is owed to its index.
  std::vector<std::int64_t> debts;
};

/// Reads many runs at once.
class RebuildSource {
 public:
  virtual ~RebuildSource() = default;

  /// Raises the epochs of these runs and gives their states after that: no claim of an earlier
  /// epoch is committed any more. Their rebuild is owed from then on; the debts given are paid by
  /// loading the states. Runs that are not there are left out.
  virtual async::Task<std::vector<RecordedRun>> RaiseAndRead(std::vector<RunId> runs) = 0;

  /// Gives their states, as of one moment.
  virtual async::Task<std::vector<RecordedRun>> Read(std::vector<RunId> runs) = 0;

  /// Notes that these debts are paid.
  virtual async::Task<void> SettleAll(std::vector<std::int64_t> debts) = 0;
};

}  // namespace houbu::slot
