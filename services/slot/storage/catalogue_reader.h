/// The whole catalogue, read in one snapshot.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports_catalogue.h"

namespace houbu::slot {

/// Reads once.
class CatalogueReader final {
 public:
  /// `transaction` sees one snapshot.
  explicit CatalogueReader(postgres::Transaction transaction)
      : transaction_(std::move(transaction)) {}

  /// Reads everything.
  async::Task<CatalogueContent> Read();

 private:
  async::Task<void> ReadFeeds();
  async::Task<void> ReadStations();
  async::Task<void> ReadCalendars();
  async::Task<void> ReadTrains();
  async::Task<void> ReadClasses();
  async::Task<void> ReadWindows();

  postgres::Transaction transaction_;
  CatalogueContent content_;
  std::map<std::string, std::size_t> feeds_;  // positions in content_.timetables and .offers
};

}  // namespace houbu::slot
