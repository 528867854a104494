/// The catalogue in memory: searches read it without asking anybody.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "libs/async/task.h"
#include "services/slot/app/ports_catalogue.h"
#include "services/slot/domain/timetable.h"

namespace houbu::slot {

/// One version of the catalogue; never changed.
struct Catalogue {
  Catalogue() = default;
  explicit Catalogue(CatalogueContent content);

  std::int64_t version = 0;
  std::vector<FeedOffers> offers;  ///< In the order of timetable.feeds().
  Timetable timetable;
};

/// Holds the latest version this process has seen. For one strand.
class TimetableCache final {
 public:
  /// `store` must outlive this.
  explicit TimetableCache(CatalogueStore& store) : store_(store) {}

  /// Loads the catalogue anew if an import changed it.
  async::Task<void> Refresh();

  /// The catalogue as it was seen last; empty before the first Refresh, never null.
  std::shared_ptr<const Catalogue> Current() const { return current_; }

 private:
  CatalogueStore& store_;
  std::shared_ptr<const Catalogue> current_ = std::make_shared<const Catalogue>();
};

}  // namespace houbu::slot
