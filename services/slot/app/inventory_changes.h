/// What a follower of the index reads: what is free of a run now, and what changed since.
///
/// A follower keeps a copy of what is free: it reads the changes of a shard one after the other,
/// and for every run it hears of (or knows from elsewhere) the vacancy once. Changes up to the
/// vacancy's `change_id` are in it already; those behind it are applied one by one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/slot/domain/inventory.h"

namespace houbu::slot {

/// What is free of one class.
struct ClassFree {
  ClassLayout layout;  ///< The class as it is now.
  /// Numbered units: for each leg a bitmap, bit 1 = free. Unit u is bit 7 - u % 8 (so the highest
  /// first) of byte u / 8; padding is 0 and trailing bytes of zeros may be missing.
  std::vector<std::string> bitmaps;
  std::vector<int> counts;  ///< Counted units: for each leg how many are free.
};

/// What is free of a run.
struct RunVacancy {
  std::string run;                 ///< The run's id.
  std::int64_t epoch = 0;          ///< The epoch of its index.
  int legs = 0;                    ///< How many legs.
  std::string change_id;           ///< The last change of the run's shard that is in it.
  std::vector<ClassFree> classes;  ///< The classes.
};

/// What kind of change it is.
enum class ChangeKind : std::uint8_t {
  kTaken,      ///< Places were taken: class_code, legs, party, units.
  kGivenBack,  ///< Places were given back: class_code, legs, party, units.
  kAdded,      ///< Units were added, free on all legs: class_code, units (first and how many).
  kReplaced,   ///< The run was loaded or replaced: its vacancy is to be read again.
  kRemoved,    ///< The run is no longer in the index.
  kOther,      ///< Something this version does not know: read the run's vacancy again.
};

/// One change of what is free.
struct VacancyChange {
  std::string id;                        ///< Its place among the shard's changes.
  ChangeKind kind = ChangeKind::kOther;  ///< What happened.
  std::string run;                       ///< The run.
  std::int64_t epoch = 0;                ///< The epoch of its index.
  std::string class_code;                ///< The class, "" where it concerns the run.
  LegRange legs;                         ///< The legs that were taken or given back.
  int party = 0;                         ///< How many places.
  std::vector<int> units;                ///< The units, ascending; empty where counted.
  int first_unit = 0;                    ///< kAdded: the first unit that was added.
  int added = 0;                         ///< kAdded: how many.
};

/// Some changes of a shard, in the order in which they were made.
struct ChangePage {
  /// True where the shard has forgotten changes behind the given id, or is not the one the id came
  /// from: `changes` is empty then, and everything of the shard is to be read anew.
  bool gap = false;
  std::vector<VacancyChange> changes;
};

/// The id before a shard's first change.
inline constexpr char kFirstChange[] = "0-0";

}  // namespace houbu::slot
