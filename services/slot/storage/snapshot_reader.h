/// Reads the inventory of one run in one snapshot.
#pragma once

#include <utility>

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/slot/domain/run.h"
#include "services/slot/domain/run_state.h"

namespace houbu::slot {

/// Reads a run's state within one repeatable-read transaction. Used once.
class SnapshotReader final {
 public:
  /// Takes the open transaction.
  SnapshotReader(postgres::Transaction transaction, RunId run)
      : transaction_(std::move(transaction)), run_(std::move(run)) {}

  /// Reads everything; refuses kRunNotFound.
  async::Task<RunState> Read();

 private:
  async::Task<postgres::Result> Execute(std::string sql);
  async::Task<void> ReadClasses();
  async::Task<void> ReadTaken();
  async::Task<void> ReadWaiting();

  postgres::Transaction transaction_;
  RunId run_;
  RunState state_;
};

}  // namespace houbu::slot
