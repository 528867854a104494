/// What a batch takes and gives back, added up: one row for each unit, leg and traveller, in the
/// order of their keys.
#pragma once

#include <string>
#include <vector>

#include "libs/postgres/parameters.h"
#include "services/slot/app/change.h"

namespace houbu::slot {

/// A claim of a batch, or what one of its changes gives back.
struct BatchClaim {
  std::size_t change = 0;  ///< Its place in the batch.
  Claim claim;
};

/// The rows of one guarded statement; `params` has them as columns.
struct GuardedRows {
  postgres::Parameters params;
  std::vector<std::string> keys;  ///< What the statement returns of each that passed.
  std::vector<std::vector<std::size_t>> sharers;  ///< Those who need it to pass.

  /// Tells whether there is none.
  bool empty() const { return keys.empty(); }
};

/// Units: run, class, unit, legs given back, legs taken; the key is the row's number from 1. A
/// claim must not name a unit twice.
GuardedRows UnitRows(const std::vector<BatchClaim>& taken, const std::vector<BatchClaim>& freed);

/// Legs of counted classes: run, class, leg, places more; the key is the row's number from 1.
GuardedRows CountRows(const std::vector<BatchClaim>& taken, const std::vector<BatchClaim>& freed);

/// Travellers who get a journey: key, run, departure, arrival; the key is the traveller's.
GuardedRows JourneyRows(const std::vector<BatchClaim>& taken);

/// Journeys given up: the same columns, one row for each.
postgres::Parameters FreedJourneys(const std::vector<BatchClaim>& freed);

}  // namespace houbu::slot
