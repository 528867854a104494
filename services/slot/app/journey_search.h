/// Searching trains by place and boarding date (W-02), wholly in memory: the departure board says
/// what goes, the copy of the index what is left.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "libs/base/refusal.h"
#include "services/slot/app/availability.h"
#include "services/slot/app/board_keeper.h"
#include "services/slot/app/connections.h"
#include "services/slot/app/journey_offers.h"
#include "services/slot/app/ports_catalogue.h"
#include "services/slot/app/timetable_cache.h"
#include "services/slot/domain/rules.h"

namespace houbu::slot {

/// No station or city has this id or name.
inline constexpr Refusal kPlaceUnknown{absl::StatusCode::kNotFound, "PLACE_UNKNOWN",
                                       "There is no such station or city."};

/// A run with its classes over the whole way.
struct RunOffer {
  Run run;
  std::vector<ClassOffer> classes;
  absl::Time as_of;  ///< Up to when what is left is known.
};

/// Finds journeys: opened runs as they are sold, and trains of the timetable that are not open yet.
class JourneySearch final {
 public:
  /// What it works with; everything must outlive it.
  struct Tools {
    const Clock& clock;
    TimetableCache& cache;
    BoardKeeper& board;
    Availability& availability;
    OpenedRuns& opened;
    BookingPolicy policy;
    int presale_days = 30;  ///< How many days ahead the sale of a run opens.
  };
  explicit JourneySearch(Tools tools) : tools_(tools) {}

  /// Those that match, in their order, at most `limit`, from memory: on any thread, and without
  /// waiting. Refuses kPlaceUnknown (metadata `place`). What nobody has said here of a run stands
  /// in the page's `unknown`.
  absl::StatusOr<JourneyPage> Look(const JourneyQuery& query) const;

  /// As Look, but asks for what is not in memory: places imported a moment ago, and what is left of
  /// runs that are not kept. Where nobody can say either, their classes stay kUnknown.
  async::Task<JourneyPage> Search(JourneyQuery query);

  /// Refuses kPlaceUnknown (metadata `place`) where no station or city has this id or name.
  async::Task<void> RequirePlace(std::string place);

  /// A run, its classes priced over its whole way; refuses kRunNotFound.
  async::Task<RunOffer> Get(RunId id);

 private:
  absl::StatusOr<JourneyPage> Look(const JourneyQuery& query, const FetchedPlaces& fetched) const;
  JourneyOffer Offer(const BoardJourney& journey, const JourneyQuery& query, absl::Time now,
                     const FetchedPlaces& fetched, JourneyPage& page) const;
  void AddConnections(const JourneyQuery& query, const ConnectionQuery& wanted, absl::Time now,
                      const FetchedPlaces& fetched, JourneyPage& page) const;
  async::Task<FetchedPlaces> Fetch(JourneyPage page);
  async::Task<std::shared_ptr<const SoldRun>> Find(RunId id);

  Tools tools_;
};

}  // namespace houbu::slot
