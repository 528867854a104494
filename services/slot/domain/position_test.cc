// What letters mean, and what a class lets one wish for.
#include "services/slot/domain/position.h"

#include <catch2/catch.hpp>

namespace houbu::slot {
namespace {

using Positions = std::vector<Position>;

}  // namespace

TEST_CASE("a wish is met by the letters of a class that are at the position", "[slot][position]") {
  struct Case {
    const char* positions;
    Position wish;
    const char* letters;
  };
  const Case cases[] = {
      {"ABCDF", Position::kWindow, "AF"},  {"ABCDF", Position::kAisle, "CD"},
      {"ABCDF", Position::kMiddle, "B"},   {"ACF", Position::kMiddle, ""},
      {"ABCDEF", Position::kMiddle, "BE"}, {"ABCDF", Position::kLowerBerth, ""},
      {"UML", Position::kLowerBerth, "L"}, {"UML", Position::kMiddleBerth, "M"},
      {"UL", Position::kMiddleBerth, ""},  {"", Position::kWindow, ""},
  };
  for (const Case& each : cases) {
    CAPTURE(each.positions);
    CHECK(LettersAt(each.positions, each.wish) == each.letters);
  }
}

TEST_CASE("a class lets one wish for the positions it has", "[slot][position]") {
  CHECK(PositionsIn("ABCDF") == Positions{Position::kWindow, Position::kAisle, Position::kMiddle});
  CHECK(PositionsIn("A0F") == Positions{Position::kWindow});
  CHECK(PositionsIn("UL") == Positions{Position::kLowerBerth, Position::kUpperBerth});
  CHECK(PositionsIn("").empty());
  CHECK(IsPositions(""));
  CHECK(IsPositions("A0F"));
  CHECK_FALSE(IsPositions("abc"));
  CHECK_FALSE(IsPositions("AX"));
  CHECK_FALSE(IsPositions(std::string(65, 'A')));
}

}  // namespace houbu::slot
