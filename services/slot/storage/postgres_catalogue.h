/// Timetables kept in PostgreSQL.
#pragma once

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports_catalogue.h"

namespace houbu::slot {

/// Imports with statements that insert whole tables at once: a country's timetable takes seconds.
class PostgresCatalogue final : public CatalogueStore {
 public:
  /// `pool` must outlive this.
  explicit PostgresCatalogue(postgres::Pool& pool) : pool_(pool) {}

  async::Task<void> Import(FeedImport import, absl::Time now) override;
  async::Task<std::int64_t> Version() override;
  async::Task<CatalogueContent> Load() override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::slot
