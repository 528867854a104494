/// Windows read from PostgreSQL.
#pragma once

#include <vector>

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Reads windows.
class PostgresWindows final : public WindowStore {
 public:
  /// `pool` must outlive this.
  explicit PostgresWindows(postgres::Pool& pool) : pool_(pool) {}

  async::Task<std::vector<RunId>> Of(WindowQuery query) override;
  async::Task<std::vector<RunId>> Near(WindowQuery query, absl::Time now, int limit) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::slot
