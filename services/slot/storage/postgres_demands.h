/// Demands read from PostgreSQL.
#pragma once

#include <vector>

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Reads demands.
class PostgresDemands final : public DemandStore {
 public:
  /// `pool` must outlive this.
  explicit PostgresDemands(postgres::Pool& pool) : pool_(pool) {}

  async::Task<Demand> Load(DemandId id) override;
  async::Task<std::vector<DemandId>> Departed(absl::Time now, int limit) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::slot
