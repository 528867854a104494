/// The index, kept fresh: where it answers that it is missing or of another epoch, it is rebuilt
/// from the record and asked again, and nobody notices but for the time it took. Where it is away,
/// places are found in the record itself.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/async/status_macros.h"
#include "libs/async/task.h"
#include "services/slot/app/direct_inventory.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Asks the index, rebuilding a run's part of it when needed.
class FreshIndex final {
 public:
  /// All must outlive this. Without `direct` nothing is sold while the index is away.
  FreshIndex(InventoryIndex& index, InventoryRecord& record, DirectInventory* direct = nullptr)
      : index_(index), record_(record), direct_(direct) {}

  /// As InventoryIndex::AllocateWished. While the index is away, as DirectInventory::Allocate.
  async::Task<Allocation> Allocate(RunEpoch run, DemandKind kind, std::string token,
                                   std::string positions = std::string());

  /// As InventoryIndex::Release.
  async::Task<ReleaseOutcome> Release(RunEpoch run, std::string token);

  /// As InventoryIndex::Enlist. Where the index cannot be told, what it has of the run is void from
  /// then on: it would pass over who waits.
  async::Task<EnlistOutcome> Enlist(RunEpoch run, WaitingDemand demand);

  /// As InventoryIndex::Withdraw.
  async::Task<WithdrawOutcome> Withdraw(RunEpoch run, std::string demand);

  /// As InventoryIndex::AddCapacity. A rebuild has the units already; then nothing is added twice.
  async::Task<int> AddCapacity(RunEpoch run, AddedUnits added);

  /// As InventoryIndex::SetSale. Where the index cannot be told, what it has of the run is void
  /// from then on: it would sell what is closed.
  async::Task<void> SetSale(RunEpoch run, Sale sale);

  /// As InventoryIndex::Snapshot. While the index is away, as DirectInventory::Snapshot.
  async::Task<std::vector<ClassVacancy>> Snapshot(RunEpoch run, LegRange legs);

  /// Gives back what a committed change freed, and notes the debt as paid. What fails here is made
  /// good by the rebuild the debt leads to.
  async::Task<void> Repay(RunId run, Committed committed, std::string holder);

  /// Takes a demand that a committed change has ended out of line, or gives back the places it has
  /// there, and notes the debt as paid.
  async::Task<void> TakeOut(RunId run, Committed committed, std::string demand);

  /// Rebuilds the run's index in a new epoch, unless somebody else does; gives the epoch it has.
  /// `used` is the epoch that did not work, `index` the one the index has, 0 when unknown.
  async::Task<std::int64_t> Refresh(RunEpoch used, std::int64_t index);

  /// Whether the run's index is being rebuilt here: what it is owed is about to be settled.
  bool IsRefreshing(const RunId& run) const { return refreshing_->contains(run.value()); }

 private:
  static constexpr int kTriesMax = 4;

  template <class T>
  struct Fresh {
    T value;
    std::int64_t epoch;
  };

  /// A rebuild of one run under way, for those who need it too.
  struct Refreshing {
    bool ended = false;
    std::int64_t epoch = 0;  ///< The one it led to; 0 where it failed.
  };
  using RefreshingRuns = std::map<std::string, std::shared_ptr<Refreshing>>;
  struct Ending;

  async::Task<std::int64_t> RefreshOnce(RunEpoch used, std::int64_t index);
  async::Task<std::int64_t> EpochOf(RunId run);

  template <class T>
  async::Task<Fresh<T>> Ask(RunEpoch run, std::function<async::Task<T>(RunEpoch)> call);

  InventoryIndex& index_;
  InventoryRecord& record_;
  DirectInventory* direct_;
  std::shared_ptr<RefreshingRuns> refreshing_ = std::make_shared<RefreshingRuns>();
};

}  // namespace houbu::slot
