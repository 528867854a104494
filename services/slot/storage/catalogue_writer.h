/// One import, written in one transaction.
#pragma once

#include <string>
#include <vector>

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports_catalogue.h"

namespace houbu::slot {

/// Writes a feed's parts. Used once; who made it commits.
class CatalogueWriter final {
 public:
  /// `transaction` and `import` must outlive this.
  CatalogueWriter(postgres::Transaction& transaction, const FeedImport& import)
      : transaction_(transaction), import_(import) {}

  /// Replaces the parts that are given.
  async::Task<void> Write(absl::Time now);

 private:
  async::Task<void> Execute(std::string sql, postgres::Parameters params);
  async::Task<void> ExecuteForFeed(std::string sql);
  async::Task<void> WriteStations(std::string part, std::vector<Station> stations);
  async::Task<void> WriteTimetable();
  async::Task<void> WriteCalendars();
  async::Task<void> WriteTrains();
  async::Task<void> WriteStops();
  async::Task<void> WriteOffers();
  async::Task<void> WriteCoachesAndFares();
  async::Task<void> WriteWindows();
  postgres::Parameters FeedParameters() const;

  postgres::Transaction& transaction_;
  const FeedImport& import_;
};

}  // namespace houbu::slot
