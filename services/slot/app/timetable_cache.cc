#include "services/slot/app/timetable_cache.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {

using async::Task;

Catalogue::Catalogue(CatalogueContent content)
    : version(content.version),
      offers(std::move(content.offers)),
      timetable(std::move(content.timetables), std::move(content.stations)) {}

Task<void> TimetableCache::Refresh() {
  ASSIGN_OR_CO_RETURN(const std::int64_t version, co_await store_.Version());
  if (version == current_->version) co_return absl::OkStatus();
  ASSIGN_OR_CO_RETURN(CatalogueContent content, co_await store_.Load());
  current_ = std::make_shared<const Catalogue>(std::move(content));
  co_return absl::OkStatus();
}

}  // namespace houbu::slot
