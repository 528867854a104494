/// The inventory and the line of one run, as plainly as they can be written.
///
/// Every cell of unit and leg is looked at, the whole line is scanned for every service: slow, and
/// plainly right. What the fast index must agree with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/slot/app/inventory_index.h"
#include "services/slot/domain/inventory.h"
#include "services/slot/domain/run_state.h"

namespace houbu::slot {

/// One run. The methods do what those of InventoryIndex do; matches are returned in the order in
/// which they were made, each as the places taken under the demand's id.
class InventoryModel final {
 public:
  /// What a release gave back to the line.
  struct Released {
    bool released = false;             ///< Whether the token had places.
    std::vector<TakenPlaces> matches;  ///< Who was served.
  };

  /// Takes a state that is valid. Serve() is the caller's to call.
  explicit InventoryModel(RunState state) : state_(std::move(state)) {}

  /// What is known of the run.
  const RunState& state() const { return state_; }

  /// Takes places, as InventoryIndex::AllocateWished.
  absl::StatusOr<TakenPlaces> Allocate(const DemandKind& kind, const std::string& token,
                                       const std::string& positions = std::string());

  /// Closes the run to new buyers, or opens it.
  void SetSale(Sale sale) { state_.sale = sale; }

  /// Gives places back, as InventoryIndex::Release.
  Released Release(const std::string& token);

  /// Puts a demand in line, or gives it its places: those when it was new and fits.
  absl::StatusOr<std::optional<TakenPlaces>> Enlist(const WaitingDemand& demand);

  /// Takes a demand out of line, as InventoryIndex::Withdraw.
  WithdrawOutcome Withdraw(const std::string& demand);

  /// Adds units and serves, as InventoryIndex::AddCapacity.
  absl::StatusOr<std::vector<TakenPlaces>> AddCapacity(const AddedUnits& added);

  /// Serves the earliest waiter that fits, again until none fits.
  std::vector<TakenPlaces> Serve();

  /// Counts the passengers who fit over a stretch.
  int CountFree(const ClassLayout& layout, LegRange legs) const;

  /// Tells whether a token has places.
  const TakenPlaces* FindTaken(const std::string& token) const;

  /// Gives a class by its code; null where there is none.
  const ClassLayout* FindClass(const std::string& code) const;

 private:
  absl::Status Check(const DemandKind& kind) const;
  bool IsFree(const ClassLayout& layout, LegRange legs, int unit) const;
  std::optional<std::vector<int>> Find(const DemandKind& kind,
                                       const std::string& positions = std::string()) const;

  RunState state_;
};

}  // namespace houbu::slot
