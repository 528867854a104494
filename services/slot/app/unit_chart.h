/// The chart of a run: how often each unit-leg is still free, cell by cell, from who has what; for
/// tests only. It knows the layout of the classes and no code of the index or of its model.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/slot/domain/run_state.h"

namespace houbu::slot {

/// One run. Classes that sell the units of another have its cells.
class UnitChart final {
 public:
  /// Everything is free; the layout is that of `state`.
  explicit UnitChart(const RunState& state) {
    const auto legs = static_cast<std::size_t>(state.legs);
    for (const ClassLayout& layout : state.classes) {
      Class& shown = classes_[layout.code];
      shown.owner = layout.shares.empty() ? layout.code : layout.shares;
      shown.is_counted = layout.kind == ClassKind::kCounted;
      shown.coach_sizes = layout.coach_sizes;
      if (!layout.shares.empty()) continue;
      const auto rows = static_cast<std::size_t>(shown.is_counted ? 1 : layout.capacity);
      cells_[layout.code].assign(rows,
                                 std::vector<int>(legs, shown.is_counted ? layout.capacity : 1));
    }
  }

  /// Takes places; tells whether they are places of their class, as many as the party, all free.
  bool Take(const TakenPlaces& places) {
    const Class& sold = classes_.at(places.kind.class_code);
    Rows& rows = cells_.at(sold.owner);
    const std::size_t units = sold.is_counted ? 0 : static_cast<std::size_t>(places.kind.party);
    if (places.units.size() != units) return false;
    if (sold.is_counted) return TakeRow(rows[0], places.kind.legs, places.kind.party);
    return std::all_of(places.units.begin(), places.units.end(), [&](int unit) {
      return unit >= 0 && static_cast<std::size_t>(unit) < rows.size() &&
             TakeRow(rows[static_cast<std::size_t>(unit)], places.kind.legs, 1);
    });
  }

  /// How many passengers fit over a stretch of a class.
  int Room(const std::string& class_code, LegRange legs) const {
    int room = 0;
    for (const std::vector<int>& row : RowsOf(class_code)) room += LeastOf(row, legs);
    return room;
  }

  /// Whether the party fits.
  bool Fits(const DemandKind& kind) const { return Room(kind.class_code, kind.legs) >= kind.party; }

  /// Whether the party fits side by side in one coach; never where places are counted.
  bool FitsTogether(const DemandKind& kind) const {
    const Rows& rows = RowsOf(kind.class_code);
    std::size_t unit = 0;
    for (const int size : classes_.at(kind.class_code).coach_sizes) {
      int together = 0;
      for (int seat = 0; seat < size; ++seat, ++unit) {
        together = LeastOf(rows[unit], kind.legs) > 0 ? together + 1 : 0;
        if (together >= kind.party) return true;
      }
    }
    return false;
  }

  /// Whether the units stand side by side in one coach.
  bool AreTogether(const std::string& class_code, const std::vector<int>& units) const {
    int first = 0;
    for (const int size : classes_.at(class_code).coach_sizes) {
      if (units.front() < first + size) {
        for (std::size_t i = 1; i < units.size(); ++i) {
          if (units[i] != units[i - 1] + 1) return false;
        }
        return units.back() < first + size;
      }
      first += size;
    }
    return false;
  }

 private:
  using Rows = std::vector<std::vector<int>>;  // [unit][leg]; one row where places are counted
  struct Class {
    std::string owner;
    bool is_counted = false;
    std::vector<int> coach_sizes;
  };

  static int LeastOf(const std::vector<int>& row, LegRange legs) {
    return *std::min_element(row.begin() + legs.from, row.begin() + legs.to);
  }

  static bool TakeRow(std::vector<int>& row, LegRange legs, int places) {
    if (LeastOf(row, legs) < places) return false;
    for (int leg = legs.from; leg < legs.to; ++leg) row[static_cast<std::size_t>(leg)] -= places;
    return true;
  }

  const Rows& RowsOf(const std::string& class_code) const {
    return cells_.at(classes_.at(class_code).owner);
  }

  std::map<std::string, Class> classes_;
  std::map<std::string, Rows> cells_;  // by owner
};

/// Says what is wrong with a run at rest: places taken that are not free, or somebody who waits
/// though they fit; "" where nothing is.
inline std::string WrongAtRest(const RunState& state) {
  UnitChart chart(state);
  for (const TakenPlaces& places : state.taken) {
    if (!chart.Take(places)) return places.token + " has what it cannot have";
  }
  for (const WaitingDemand& waiting : state.waiting) {
    if (chart.Fits(waiting.kind)) return waiting.demand + " waits and fits";
  }
  return "";
}

}  // namespace houbu::slot
