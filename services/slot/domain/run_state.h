/// The state of a run's inventory: what the index is rebuilt from and compared with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

#include "services/slot/domain/inventory.h"

namespace houbu::slot {

/// Everything the index knows of a run, as PostgreSQL tells it: the classes, who has what, who
/// waits.
struct RunState {
  std::string run;                   ///< The run's id.
  std::int64_t epoch = 0;            ///< The epoch of this state, from 1; grows with each rebuild.
  int legs = 0;                      ///< 1 to kLegsMax.
  std::vector<ClassLayout> classes;  ///< The classes, codes unique.
  std::vector<TakenPlaces> taken;    ///< Live places of bookings and matched demands.
  std::vector<WaitingDemand> waiting;  ///< Demands in line, in any order.
  Sale sale = Sale::kOpen;             ///< Whether it sells to newcomers.
};

/// Gives the class of that code; null where there is none.
const ClassLayout* FindClass(const RunState& state, const std::string& code);

/// Gives the code of the class whose units the class of that code sells; "" where there is none.
std::string OwnerOf(const RunState& state, const std::string& code);

/// What is free of one class: derived state that the index keeps for speed.
struct FreeUnits {
  std::string class_code;                      ///< The class.
  std::vector<int> count;                      ///< Free units for each leg.
  std::vector<std::vector<int>> unit_numbers;  ///< For each leg, ascending; empty where counted.

  /// Compares all parts.
  friend bool operator==(const FreeUnits& a, const FreeUnits& b) = default;
};

/// The index of a run as it is.
struct IndexState {
  RunState state;  ///< What the index holds; `taken` by token, `waiting` in line order.
  std::vector<FreeUnits> free;  ///< What the index says is free, by class as in state.classes.
};

/// Refuses a state that cannot be (kStateInvalid): legs or sizes out of range, a class twice, a
/// token twice, units that do not exist, a unit-leg taken twice or more counted places than exist.
absl::Status Validate(const RunState& state);

/// Computes what must be free from who has what. `state` must be valid.
std::vector<FreeUnits> FreeOf(const RunState& state);

}  // namespace houbu::slot
