/// What is free of the units a class owns, leg by leg, as places are taken from it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "services/slot/domain/run_state.h"

namespace houbu::slot {

/// The units of one class that sells its own; at first all of them are free.
class FreePool final {
 public:
  /// Of a class with this layout on a run with so many legs.
  FreePool(const ClassLayout& owner, int legs);

  /// Takes places. False where they are not as many as the party, do not exist or were gone; it has
  /// taken what there was then.
  bool Take(const TakenPlaces& places);

  /// How many units are free on each leg; below 0 where more were taken than exist.
  const std::vector<int>& counts() const { return counts_; }

  /// For each leg a bit for each unit, 1 where it is free; bit 0 is the highest of the first byte,
  /// as Redis has it. Empty where places are counted.
  const std::vector<std::string>& bitmaps() const { return bitmaps_; }

  /// The units that are free on a leg, ascending. The class must have numbered units.
  std::vector<int> UnitsOn(int leg) const;

 private:
  bool TakeUnit(std::string& bitmap, int unit) const;

  int capacity_;
  std::vector<int> counts_;
  std::vector<std::string> bitmaps_;
};

/// What is free of a run, by the class that owns the units, and whether that can be.
struct FreePools {
  std::map<std::string, FreePool> pools;  ///< By the code of the owning class.
  bool is_possible = true;  ///< False where something was taken that was not there to be taken.
};

/// Takes everything a run's state says is taken.
FreePools FreePoolsOf(const RunState& state);

}  // namespace houbu::slot
