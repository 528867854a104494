/// Opened runs kept in PostgreSQL.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports_catalogue.h"

namespace houbu::slot {

/// Opens runs and finds them.
class PostgresOpenedRuns final : public OpenedRuns {
 public:
  /// `pool` must outlive this.
  explicit PostgresOpenedRuns(postgres::Pool& pool) : pool_(pool) {}

  async::Task<int> Open(std::vector<RunDraft> drafts) override;
  async::Task<std::set<TripDay>> Days(absl::CivilDay first, absl::CivilDay last) override;
  async::Task<std::map<absl::CivilDay, std::int64_t>> CountByDay(absl::CivilDay first,
                                                                 absl::CivilDay last) override;
  async::Task<std::vector<RunId>> IdsOf(absl::CivilDay day) override;
  async::Task<std::set<RunId>> Closed(absl::CivilDay first, absl::CivilDay last) override;
  async::Task<std::vector<OpenedRun>> Load(std::vector<RunId> ids) override;
  async::Task<std::map<std::string, std::vector<RunClass>>> ClassesOf(
      std::vector<RunId> ids) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::slot
