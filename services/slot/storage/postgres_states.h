/// The inventory of many runs in PostgreSQL, read together.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Reads pages of runs, each with a statement a table.
class PostgresStates final : public RebuildSource {
 public:
  /// Both must outlive this; debts are dated by `clock`.
  PostgresStates(postgres::Pool& pool, const Clock& clock) : pool_(pool), clock_(clock) {}

  async::Task<std::vector<RecordedRun>> RaiseAndRead(std::vector<RunId> runs) override;
  async::Task<std::vector<RecordedRun>> Read(std::vector<RunId> runs) override;
  async::Task<void> SettleAll(std::vector<std::int64_t> debts) override;

 private:
  /// What was raised, and what was owed before.
  struct Raised {
    std::vector<std::string> runs;
    std::map<std::string, std::vector<std::int64_t>> debts;
  };
  async::Task<Raised> Raise(std::vector<std::string> runs);

  postgres::Pool& pool_;
  const Clock& clock_;
};

}  // namespace houbu::slot
