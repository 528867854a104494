/// Keeps the departure board: loads runs as they are opened, lets go of those that have ended, and
/// publishes a new board whenever something changed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"

#include "libs/async/guarded.h"
#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "services/slot/app/departure_board.h"
#include "services/slot/app/ports_catalogue.h"
#include "services/slot/app/timetable_cache.h"

namespace houbu::slot {

/// Holds the latest board. For one strand, except Current().
class BoardKeeper final {
 public:
  /// What it works with; everything must outlive it.
  struct Tools {
    const Clock& clock;
    TimetableCache& cache;
    OpenedRuns& opened;
    int days_ahead = 31;  ///< Later runs are not on the board.
  };
  explicit BoardKeeper(Tools tools) : tools_(tools) {}

  /// The board as it was published last; empty before the first Refresh. From any thread.
  std::shared_ptr<const DepartureBoard> Current() const { return published_.Get(); }

  /// Looks for runs opened since and for a new timetable; publishes what came of it. May be called
  /// again while a call is under way.
  async::Task<void> Refresh();

  /// As Refresh, but only now and then while nothing changes: for a loop of a second.
  async::Task<void> Follow();

  /// The runs on the board, by id. Changed by Refresh.
  const absl::flat_hash_map<std::string, std::shared_ptr<SoldRun>>& runs() const { return runs_; }

  /// Grows whenever runs came or went.
  std::int64_t generation() const { return generation_; }

 private:
  async::Task<void> LoadDay(absl::CivilDay day);
  void Take(OpenedRun opened);
  void LetGo(absl::Time now);
  void Publish();
  void LayOut(const std::vector<std::shared_ptr<SoldRun>>& runs);

  Tools tools_;
  async::Published<DepartureBoard> published_;
  absl::flat_hash_map<std::string, std::shared_ptr<SoldRun>> runs_;
  std::map<absl::CivilDay, std::int64_t> counts_;  // of the days as they were loaded
  absl::flat_hash_map<std::string, std::shared_ptr<const Route>> routes_;  // by all they consist of
  std::shared_ptr<const RouteNetwork> network_;
  absl::flat_hash_map<const Route*, int> numbers_;  // of the routes on the network
  std::shared_ptr<const Catalogue> catalogue_;      // of the network
  std::int64_t generation_ = 0;
  std::int64_t published_generation_ = -1;
  int rounds_ = 0;
  int busy_until_ = 0;
};

}  // namespace houbu::slot
