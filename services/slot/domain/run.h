/// Runs: what happens once and has places. Train G35 on 1 December is a run; so is a border
/// station's morning window of a day. A run goes from stop to stop, and what lies between two stops
/// is a leg: a place is sold leg by leg, so that one seat serves several travellers after another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/base/id.h"
#include "services/slot/domain/inventory.h"

namespace houbu::slot {

/// The kind of a run's id.
struct RunTag {
  static constexpr char kPrefix[] = "rn";
};
/// Names a run: the part of `runs/{run}` after the slash.
using RunId = Id<RunTag>;

/// Names a class of a run: "second", "hard-sleeper", "exit-card".
using ClassCode = std::string;

/// What happens.
enum class RunKind {
  kTrain,   ///< A train on a day.
  kWindow,  ///< A border station's window on a day.
};

/// No run takes longer: one that left so long ago has ended. The latest time a timetable can name
/// is 240:00:00.
inline constexpr absl::Duration kRunLongest = absl::Hours(240);

/// Where and when a run stops.
struct Stop {
  std::string station;  ///< The station's id.
  std::string name;
  std::string city;
  absl::Time arrives_at;
  absl::Time departs_at;
};

/// A numbered place of a kAssigned class; its number within the class is its position in the list.
struct Unit {
  std::string coach;
  std::string number;
};

/// A class of a run. Its units and fares are asked for where they are needed: they are many.
struct RunClass {
  ClassCode code;
  ClassKind kind = ClassKind::kCounted;
  int capacity = 0;
  std::string positions = {};  ///< Where its units stand; as ClassLayout::positions.
  ClassCode shares = {};       ///< The class whose units it sells; "" for its own.

  /// Gives the code of the class whose units it sells: another's, or its own.
  const ClassCode& owner() const { return shares.empty() ? code : shares; }
};

/// A run.
struct Run {
  RunId id;
  RunKind kind = RunKind::kTrain;
  std::string display_name;  ///< The train's number, or the window's title.
  std::string trip;          ///< What it is made from in the timetable.
  absl::CivilDay service_date;
  std::string time_zone;  ///< IANA; the zone of service_date and of every rule about days.
  absl::Time sale_open_at;
  absl::Time departs_at;   ///< From its first stop.
  std::int64_t epoch = 1;  ///< The index is valid for one epoch.
  std::vector<Stop> stops;
  std::vector<RunClass> classes;

  /// How many legs it has.
  int legs() const { return stops.empty() ? 0 : static_cast<int>(stops.size()) - 1; }
};

/// The resource name, "runs/{run}".
std::string NameOf(const RunId& id);

/// The run's time zone; UTC when the tz database lost it.
absl::TimeZone ZoneOf(const Run& run);

/// The class of this code; null when the run has none. Borrows from `run`.
const RunClass* FindClass(const Run& run, absl::string_view code);

/// The class whose units the class of this code sells; the code where the run has no such class.
ClassCode OwnerOf(const Run& run, const ClassCode& code);

/// The legs between two stations: boarding at the first stop at `from` after which the run
/// stops at `to`. A window is one leg at one station, named twice. Nothing where it does not go.
std::optional<LegRange> FindLegs(const Run& run, absl::string_view from, absl::string_view to);

/// The stop where the legs begin. `legs` must be the run's. Borrows from `run`.
const Stop& BoardingOf(const Run& run, LegRange legs);

/// The stop where the legs end. `legs` must be the run's. Borrows from `run`.
const Stop& AlightingOf(const Run& run, LegRange legs);

}  // namespace houbu::slot
