/// What the catalogue needs of the world: where timetables are kept, and the runs opened from them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/async/task.h"
#include "services/slot/domain/gtfs.h"
#include "services/slot/domain/offers.h"
#include "services/slot/domain/run.h"
#include "services/slot/domain/run_draft.h"
#include "services/slot/domain/timetable.h"

namespace houbu::slot {

/// What one import brings; a part that is not there leaves what was imported before.
struct FeedImport {
  std::string feed;
  std::optional<FeedTimetable> timetable;
  std::optional<std::vector<TrainOffer>> offers;
  std::optional<std::vector<WindowOfferTemplate>> windows;
};

/// What one feed offers for sale.
struct FeedOffers {
  std::string feed;
  std::vector<TrainOffer> trains;
  std::vector<WindowOfferTemplate> windows;
};

/// Everything that was imported.
struct CatalogueContent {
  std::int64_t version = 0;
  std::vector<Station> stations;          ///< All that are known, of opened runs too.
  std::vector<FeedTimetable> timetables;  ///< Without their stations.
  std::vector<FeedOffers> offers;
};

/// Keeps timetables and what is sold on them.
class CatalogueStore {
 public:
  virtual ~CatalogueStore() = default;

  /// Replaces the feed's parts that are given, all or nothing. Runs are not touched.
  virtual async::Task<void> Import(FeedImport import, absl::Time now) = 0;

  /// The version of the latest import, 0 before the first.
  virtual async::Task<std::int64_t> Version() = 0;

  /// Reads everything, in one snapshot.
  virtual async::Task<CatalogueContent> Load() = 0;
};

/// Reads the files of an import. Refuses as INVALID_ARGUMENT, with one line for the operator, what
/// cannot be read.
class FeedSource {
 public:
  virtual ~FeedSource() = default;

  /// The GTFS files of a folder or a zip file.
  virtual async::Task<FeedFiles> ReadGtfs(std::string path) = 0;

  /// The text of one file.
  virtual async::Task<std::string> ReadText(std::string path) = 0;
};

/// The day of a trip: runs.trip and runs.service_date.
using TripDay = std::pair<std::string, absl::CivilDay>;

/// An opened run with everything that is sold on it.
struct OpenedRun {
  Run run;  ///< With its stops and classes.
  struct Fare {
    ClassCode code;
    LegRange legs;
    std::int64_t fen = 0;
  };
  std::vector<Fare> fares;
  bool closed = false;  ///< To new buyers, by an operator.
};

/// Opens runs and finds those that are open.
class OpenedRuns {
 public:
  virtual ~OpenedRuns() = default;

  /// Opens those that are not open yet, all of them or none; gives how many it opened.
  virtual async::Task<int> Open(std::vector<RunDraft> drafts) = 0;

  /// The trips of these days that have runs.
  virtual async::Task<std::set<TripDay>> Days(absl::CivilDay first, absl::CivilDay last) = 0;

  /// How many runs there are on each of these days.
  virtual async::Task<std::map<absl::CivilDay, std::int64_t>> CountByDay(absl::CivilDay first,
                                                                         absl::CivilDay last) = 0;

  /// The runs of a day.
  virtual async::Task<std::vector<RunId>> IdsOf(absl::CivilDay day) = 0;

  /// The runs of these days that are closed to new buyers.
  virtual async::Task<std::set<RunId>> Closed(absl::CivilDay first, absl::CivilDay last) = 0;

  /// These runs, in any order; those that are not there are left out.
  virtual async::Task<std::vector<OpenedRun>> Load(std::vector<RunId> ids) = 0;

  /// The classes of these runs as they are now, by run.
  virtual async::Task<std::map<std::string, std::vector<RunClass>>> ClassesOf(
      std::vector<RunId> ids) = 0;
};

}  // namespace houbu::slot
