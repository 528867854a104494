/// Runs read from PostgreSQL.
#pragma once

#include <optional>
#include <vector>

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Reads runs.
class PostgresRuns final : public RunStore {
 public:
  /// `pool` must outlive this.
  explicit PostgresRuns(postgres::Pool& pool) : pool_(pool) {}

  async::Task<Run> Load(RunId id) override;
  async::Task<std::optional<Money>> Fare(RunId id, ClassCode class_code, LegRange legs) override;
  async::Task<std::vector<Unit>> Units(RunId id, ClassCode class_code,
                                       std::vector<int> units) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::slot
