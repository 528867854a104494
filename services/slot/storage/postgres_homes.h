/// The homes of the index in PostgreSQL.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Keeps the tables deployment and index_homes.
class PostgresHomes final : public HomeRecord {
 public:
  /// Both must outlive this; moves and marks are dated by `clock`.
  PostgresHomes(postgres::Pool& pool, const Clock& clock) : pool_(pool), clock_(clock) {}

  async::Task<std::string> Deployment() override;
  async::Task<std::vector<IndexHome>> Homes(int shards) override;
  async::Task<std::optional<IndexHome>> Move(IndexHome from, ShownHome to) override;
  async::Task<void> CountOn(std::vector<IndexHome> homes) override;

 private:
  postgres::Pool& pool_;
  const Clock& clock_;
};

}  // namespace houbu::slot
