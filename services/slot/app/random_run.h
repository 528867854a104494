/// Runs by chance, for histories that follow from a seed; for tests only.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

#include "services/slot/domain/run_state.h"

namespace houbu::slot {

/// A number out of the environment.
inline int SettingOr(const char* name, int otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

/// Draws numbers; every choice of a history comes from its seed.
class Dice final {
 public:
  explicit Dice(int seed) : engine_(static_cast<std::uint64_t>(seed)) {}

  /// From low to high, both included.
  int Roll(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }

  /// One of a list that is not empty.
  template <class Item>
  const Item& Pick(const std::vector<Item>& items) {
    return items[static_cast<std::size_t>(Roll(0, static_cast<int>(items.size()) - 1))];
  }

 private:
  std::mt19937_64 engine_;
};

/// A class that sells the units of an earlier one.
inline ClassLayout Sharing(ClassLayout owner, const std::string& code) {
  owner.shares = owner.owner();
  owner.code = code;
  return owner;
}

/// One to three classes, numbered, counted or selling another's units, on two to eight legs.
inline RunState RandomRun(Dice& dice, const std::string& id) {
  static const std::vector<std::string> kPositions = {"", "", "ABCDF", "UML", "A"};
  RunState state;
  state.run = id;
  state.epoch = dice.Roll(1, 9);
  state.legs = dice.Roll(2, 8);
  const int classes = dice.Roll(1, 3);
  for (int i = 0; i < classes; ++i) {
    const std::string code = absl::StrCat("class-", i);
    if (i > 0 && dice.Roll(0, 3) == 0) {
      state.classes.push_back(Sharing(dice.Pick(state.classes), code));
      state.classes.back().positions = dice.Pick(kPositions);
      continue;
    }
    ClassLayout layout;
    layout.code = code;
    layout.positions = dice.Pick(kPositions);
    layout.kind = dice.Roll(0, 2) == 0 ? ClassKind::kCounted : ClassKind::kAssigned;
    layout.capacity = dice.Roll(1, 5);
    if (layout.kind == ClassKind::kAssigned) {
      const int coaches = dice.Roll(1, 3);
      for (int coach = 0; coach < coaches; ++coach) {
        layout.coach_sizes.push_back(dice.Roll(1, 4));
      }
      layout.capacity = 0;
      for (const int size : layout.coach_sizes) {
        layout.capacity += size;
      }
    }
    state.classes.push_back(layout);
  }
  return state;
}

/// Mostly one of the few of a history, so that queues have more than one waiter.
inline DemandKind RandomKind(Dice& dice, const RunState& state, std::vector<DemandKind>& few) {
  if (few.size() >= 4 && dice.Roll(0, 2) > 0) {
    return dice.Pick(few);
  }
  const int from = dice.Roll(0, state.legs - 1);
  const int to = dice.Roll(from + 1, state.legs);
  const DemandKind kind = {dice.Pick(state.classes).code, {from, to}, dice.Roll(1, 4)};
  if (few.size() < 4) {
    few.push_back(kind);
  }
  return kind;
}

/// Lengths, dashes and cases differ, so that the order of ids is not that of a locale.
inline std::string RandomId(Dice& dice, const char* prefix, int serial) {
  static const std::vector<std::string> kMarks = {"", "-", "A", "a", "B", "-b", "z"};
  const std::string& first = dice.Pick(kMarks);
  const int digit = dice.Roll(0, 9);
  return absl::StrCat(prefix, first, digit, dice.Pick(kMarks), "-", serial);
}

}  // namespace houbu::slot
