/// Drafts written as runs, in one transaction.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports_catalogue.h"

namespace houbu::slot {

/// Writes drafts once; who made it commits.
class RunOpener final {
 public:
  /// `transaction` must outlive this.
  RunOpener(postgres::Transaction& transaction, std::vector<RunDraft> drafts)
      : transaction_(transaction), drafts_(std::move(drafts)) {}

  /// Writes those whose trip has no run on that day; gives how many.
  async::Task<int> Write();

 private:
  async::Task<void> WriteRuns();
  async::Task<void> WriteStops();
  async::Task<void> WriteClasses();
  async::Task<void> WriteUnits();
  async::Task<void> WriteFares();
  async::Task<void> Execute(std::string sql, postgres::Parameters params);

  postgres::Transaction& transaction_;
  std::vector<RunDraft> drafts_;
};

}  // namespace houbu::slot
