/// Runs that have ended, in PostgreSQL.
#pragma once

#include <vector>

#include "libs/postgres/pool.h"
#include "services/slot/app/ports_ended.h"

namespace houbu::slot {

/// Reads them by their departure.
class PostgresEndedRuns final : public EndedRuns {
 public:
  /// `pool` must outlive this.
  explicit PostgresEndedRuns(postgres::Pool& pool) : pool_(pool) {}

  async::Task<std::vector<EndedRun>> Read(EndedRun after, absl::Time departed_by,
                                          int limit) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::slot
