#include "services/slot/domain/position.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "services/slot/domain/inventory.h"

namespace houbu::slot {
namespace {

constexpr char kNowhere = '0';

absl::string_view AllLettersOf(Position wish) {
  switch (wish) {
    case Position::kWindow:
      return "AF";
    case Position::kAisle:
      return "CD";
    case Position::kMiddle:
      return "BE";
    case Position::kLowerBerth:
      return "L";
    case Position::kMiddleBerth:
      return "M";
    case Position::kUpperBerth:
      return "U";
  }
  return "";
}

bool Has(absl::string_view text, char letter) { return text.find(letter) != text.npos; }

bool IsLetter(char letter) {
  return letter == kNowhere ||
         std::any_of(std::begin(kPositions), std::end(kPositions),
                     [letter](Position each) { return Has(AllLettersOf(each), letter); });
}

}  // namespace

std::string LettersAt(absl::string_view positions, Position wish) {
  std::string letters;
  for (const char letter : AllLettersOf(wish)) {
    if (Has(positions, letter)) letters.push_back(letter);
  }
  return letters;
}

std::vector<Position> PositionsIn(absl::string_view positions) {
  std::vector<Position> found;
  for (const Position each : kPositions) {
    if (!LettersAt(positions, each).empty()) found.push_back(each);
  }
  return found;
}

bool IsPositions(absl::string_view text) {
  return text.size() <= std::size_t{kPositionsMax} &&
         std::all_of(text.begin(), text.end(), IsLetter);
}

}  // namespace houbu::slot
