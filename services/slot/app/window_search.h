/// Windows of a border station and what is left of them; where a day has nothing left, others that
/// have. Wholly in memory: the departure board says which there are, the copy of the
/// index what is left.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/async/task.h"
#include "services/slot/app/availability.h"
#include "services/slot/app/board_keeper.h"
#include "services/slot/app/journey_offers.h"
#include "services/slot/app/ports.h"
#include "services/slot/domain/rules.h"

namespace houbu::slot {

/// Finds windows.
class WindowSearch final : public WindowFinder {
 public:
  /// What the search works with; everything must outlive it.
  struct Tools {
    BoardKeeper& board;
    Availability& availability;
    BookingPolicy policy;
  };
  explicit WindowSearch(Tools tools) : tools_(tools) {}

  async::Task<WindowDay> Find(std::string station, ClassCode class_code, absl::CivilDay day,
                              absl::Time now) override;

  /// As Find, from memory: on any thread, and without waiting. Nothing where it needs a run of
  /// which nobody has said here what is free.
  std::optional<WindowDay> Look(const WindowQuery& query, absl::Time now) const;

 private:
  struct Seen;

  WindowDay Look(const WindowQuery& query, absl::Time now, const FetchedPlaces& fetched,
                 Seen& seen) const;
  WindowOffer Describe(const SoldRun& run, const ClassCode& class_code, absl::Time now,
                       const FetchedPlaces& fetched, Seen& seen) const;
  void AddAlternatives(const WindowQuery& query, absl::Time now, const FetchedPlaces& fetched,
                       Seen& seen, WindowDay& day) const;

  Tools tools_;
};

}  // namespace houbu::slot
