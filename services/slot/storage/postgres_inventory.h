/// The inventory in PostgreSQL: what the index is rebuilt from and compared with.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "libs/postgres/pool.h"
#include "libs/postgres/unit_of_work.h"
#include "services/slot/app/ports.h"
#include "services/slot/storage/debt_settlement.h"

namespace houbu::slot {

/// Keeps epochs and debts, reads snapshots, adds units.
class PostgresInventory final : public InventoryRecord {
 public:
  /// Both must outlive this; debts are dated, and runs have ended, by `clock`.
  PostgresInventory(postgres::Pool& pool, const Clock& clock)
      : pool_(pool), clock_(clock), settlement_(pool) {}

  async::Task<RaisedEpoch> RaiseEpoch(RunId run, std::int64_t used, std::int64_t index) override;
  async::Task<RunState> ReadState(RunId run) override;
  async::Task<void> Settle(RunId run, std::vector<std::int64_t> debts) override;
  async::Task<void> MarkDirty(RunId run) override;
  async::Task<std::vector<RunId>> ToRebuild(absl::Time owing_since, int limit) override;
  async::Task<std::vector<RunId>> RunsInUse(std::string after, int limit) override;
  async::Task<std::set<std::string>> LiveHolders(std::vector<std::string> holders) override;
  async::Task<Added> AddUnits(Addition addition, StoredAnswer answer, absl::Time now) override;
  async::Task<Committed> SetSale(SaleChange change, StoredAnswer answer, absl::Time now) override;
  async::Task<Sale> ReadSale(RunId run) override;

 private:
  postgres::Pool& pool_;
  const Clock& clock_;
  DebtSettlement settlement_;
};

}  // namespace houbu::slot
