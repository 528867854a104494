/// Searching trains by place and boarding date (W-02).
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "libs/base/money.h"
#include "libs/base/refusal.h"
#include "services/slot/app/fresh_index.h"
#include "services/slot/app/ports.h"
#include "services/slot/app/ports_catalogue.h"
#include "services/slot/app/timetable_cache.h"
#include "services/slot/domain/rules.h"

namespace houbu::slot {

/// No station or city has this id or name.
inline constexpr Refusal kPlaceUnknown{absl::StatusCode::kNotFound, "PLACE_UNKNOWN",
                                       "There is no such station or city."};

/// A class over a stretch and what is left of it.
struct ClassOffer {
  ClassCode code;
  Money fare;
  int free = 0;
  bool on_sale = false;   ///< Whether it can be booked now.
  bool waitlist = false;  ///< The mark 候补: nothing is left, and one can wait for it.
};

/// A train over a stretch.
struct JourneyOffer {
  std::string position;  ///< Its place in the list: those that come later are greater.
  RunId run;             ///< Empty where its sale has not been prepared.
  std::string train;
  std::string from;
  std::string from_name;
  std::string to;
  std::string to_name;
  absl::Time departs_at;
  absl::Time arrives_at;
  std::vector<ClassOffer> classes;
};

/// What is looked for.
struct JourneyQuery {
  std::string origin;  ///< A station's id or name, or a city's name.
  std::string destination;
  absl::CivilDay day;  ///< Of boarding, in the zone of where one boards.
  std::string after;   ///< Only those after this position.
  int limit = 100;
};

/// A part of the list.
struct JourneyPage {
  std::vector<JourneyOffer> journeys;
  bool more = false;  ///< Whether others come after the last.
};

/// A run with its classes over the whole way.
struct RunOffer {
  Run run;
  std::vector<ClassOffer> classes;
};

/// Finds journeys: opened runs as they are sold, and trains of the timetable that are not open yet.
class JourneySearch final {
 public:
  /// What it works with; everything must outlive it.
  struct Tools {
    const Clock& clock;
    TimetableCache& cache;
    OpenedRuns& opened;
    RunStore& runs;
    FreshIndex& fresh_index;
    BookingPolicy policy;
  };
  explicit JourneySearch(Tools tools) : tools_(tools) {}

  /// Those that match, by departure, at most `limit`. Refuses kPlaceUnknown (metadata `place`).
  /// UNAVAILABLE when the index is away: a search that hid what is left would mislead.
  async::Task<JourneyPage> Search(JourneyQuery query);

  /// Refuses kPlaceUnknown (metadata `place`) where no station or city has this id or name.
  async::Task<void> RequirePlace(std::string place);

  /// A run, its classes priced over its whole way; refuses kRunNotFound.
  async::Task<RunOffer> Get(RunId id);

 private:
  /// A journey that was found, before its classes are filled in.
  struct Found {
    JourneyOffer offer;
    std::optional<OpenedJourney> opened;
  };

  async::Task<std::vector<Found>> FindAll(JourneyQuery query);
  async::Task<std::vector<ClassOffer>> Fill(std::vector<OpenedClass> classes, RunEpoch run,
                                            LegRange legs, bool on_sale);

  Tools tools_;
};

}  // namespace houbu::slot
