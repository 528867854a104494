/// Positions: where numbered places are, as travellers speak of them: at the window, at the aisle,
/// the lower berth. A class says it by letters, one for each unit, over and over from each coach's
/// start: "ABCDF", "UML".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace houbu::slot {

/// A position one may wish for.
enum class Position : std::uint8_t {
  kWindow,       ///< A and F.
  kAisle,        ///< C and D.
  kMiddle,       ///< A seat between two others: B and E.
  kLowerBerth,   ///< L.
  kMiddleBerth,  ///< M.
  kUpperBerth,   ///< U.
};

/// All there are.
inline constexpr Position kPositions[] = {Position::kWindow,      Position::kAisle,
                                          Position::kMiddle,      Position::kLowerBerth,
                                          Position::kMiddleBerth, Position::kUpperBerth};

/// The letters among a class's that are at this position, each once; "" where it has none.
std::string LettersAt(absl::string_view positions, Position wish);

/// What a class whose units stand so lets one wish for.
std::vector<Position> PositionsIn(absl::string_view positions);

/// Tells whether it says where units stand: letters of Position, or 0 for a unit nobody wishes for;
/// at most kPositionsMax, "" too.
bool IsPositions(absl::string_view text);

}  // namespace houbu::slot
