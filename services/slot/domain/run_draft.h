/// Runs as they are opened for sale: made from the timetable and what is offered on it.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "services/slot/domain/offers.h"
#include "services/slot/domain/run.h"
#include "services/slot/domain/timetable.h"

namespace houbu::slot {

/// The price of one place over a stretch.
struct FareDraft {
  LegRange legs;
  std::int64_t fen = 0;
};

/// A class with its places and prices.
struct ClassDraft {
  RunClass run_class;
  std::vector<Unit> units;  ///< Numbered classes only.
  std::vector<FareDraft> fares;
};

/// A run and all that belongs to it. `run.classes` is empty: the classes stand here.
struct RunDraft {
  Run run;
  std::vector<ClassDraft> classes;
};

/// What the making of runs depends on besides the timetable.
struct RunOpeningPolicy {
  int open_days = 30;     ///< How many days ahead runs are opened, today not counted.
  int presale_days = 30;  ///< How many days ahead their sale opens, at the day's start.
};

/// The run of a train that starts on `day`. Its id depends on feed, trip and day only.
RunDraft DraftTrain(const Timetable& timetable, const TimetabledTrain& train,
                    const TrainOffer& offer, absl::CivilDay day, const RunOpeningPolicy& policy);

/// The run of a window on `day`, named after station and hours. A window is one leg.
RunDraft DraftWindow(absl::string_view feed, const WindowOfferTemplate& window, absl::CivilDay day,
                     const RunOpeningPolicy& policy);

/// What `runs.trip` says of a window's runs.
std::string WindowKey(absl::string_view feed, const WindowOfferTemplate& window);

/// Tells whether the window is there on that day.
bool OpensOn(const WindowOfferTemplate& window, absl::CivilDay day);

/// The price of `metres` at a rate for 100 km, rounded to half a yuan, a quarter up; at least half
/// a yuan where the rate is not zero.
std::int64_t FareAtRate(std::int64_t rate, std::int64_t metres);

}  // namespace houbu::slot
