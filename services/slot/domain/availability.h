/// What is free of one class of a run, kept so that a search counts it at once: a bit for each
/// numbered unit and leg, or a number for each leg of counted ones.
///
/// Counting looks at whole words (AND over the legs, then the set bits) and allocates nothing; a
/// class of which nothing is taken keeps neither bits nor numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/slot/domain/inventory.h"
#include "services/slot/domain/run_state.h"

namespace houbu::slot {

/// The free places of a class.
class FreePlaces final {
 public:
  /// A class without places.
  FreePlaces() = default;

  /// All places are free.
  FreePlaces(ClassKind kind, int legs, int capacity);

  /// Numbered units as the index keeps them: a bitmap for each leg, unit u being bit 7 - u % 8 of
  /// byte u / 8, trailing zeros left out. Nothing where the bitmaps name units that do not exist.
  static std::optional<FreePlaces> OfBitmaps(int capacity, const std::vector<std::string>& bitmaps);

  /// Counted places: how many are free on each leg. Nothing where more are free than exist.
  static std::optional<FreePlaces> OfCounts(int capacity, const std::vector<int>& counts);

  /// What the record says is free of a class.
  static FreePlaces Of(const ClassLayout& layout, int legs, const FreeUnits& free);

  /// How many passengers fit over these legs; 0 where the run has no such legs.
  int CountFree(LegRange legs) const;

  /// Takes places over legs: `units` where they have numbers, `party` of them otherwise. False,
  /// with nothing changed, where they are not all free: then this is not what the index has.
  bool Take(LegRange legs, int party, const std::vector<int>& units);

  /// Gives places back; false likewise where they are not all taken.
  bool GiveBack(LegRange legs, int party, const std::vector<int>& units);

  /// Adds `units` at the end, free on all legs; false where the class does not have `first_unit`
  /// units.
  bool Add(int first_unit, int units);

  /// How many places there are.
  int capacity() const { return capacity_; }

  /// About how much memory it keeps besides itself.
  std::size_t bytes() const;

  /// Compares what is free.
  friend bool operator==(const FreePlaces& a, const FreePlaces& b);

 private:
  bool Has(LegRange legs) const {
    return 0 <= legs.from && legs.from < legs.to && legs.to <= legs_;
  }
  bool untouched() const { return words_.empty() && counts_.empty(); }
  std::size_t row_words() const { return (static_cast<std::size_t>(capacity_) + 63) / 64; }
  void Spread();
  bool All(LegRange legs, const std::vector<int>& units, bool free) const;
  bool Mark(LegRange legs, int party, const std::vector<int>& units, bool free);

  ClassKind kind_ = ClassKind::kCounted;
  int legs_ = 0;
  int capacity_ = 0;
  std::vector<std::uint64_t> words_;  // numbered: a row of words for each leg; bit 1 = free
  std::vector<std::int32_t> counts_;  // counted: free places for each leg
};

}  // namespace houbu::slot
