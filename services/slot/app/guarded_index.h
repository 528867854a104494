/// The index behind a guard: nothing is asked of a server before it is known to hold this
/// deployment's index in its latest state, and none is asked that does not answer.
///
/// Towards the server the epoch of a run is that of its shard's home and of the run in one number.
/// So a shard that gets a new home, because its server was started anew, promoted, emptied or
/// thrown back, is void at once and whole, without a look at its runs: each says that it is of
/// another epoch when it is asked for, and is rebuilt. Whoever rebuilds a run raises its epoch in
/// the record first; what a process proposes that still asks the earlier server is refused there.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/refusal.h"
#include "services/slot/app/index_home.h"
#include "services/slot/app/inventory_index.h"

namespace houbu::slot {

/// The index does not answer; nothing is asked of it until it does.
inline constexpr Refusal kIndexAway{absl::StatusCode::kUnavailable, "INDEX_AWAY",
                                    "The index of the inventory does not answer."};

/// When the guard gives the index up: after so many outages in a row.
struct GuardPolicy {
  int failures_max = 5;
};

/// Hears what becomes of the index; for logs and figures. Unset ones hear nothing.
struct GuardWatch {
  /// A shard has a new home. `shown` is what its server showed.
  std::function<void(const IndexHome& home, const ShownHome& shown)> moved;
  /// The index is used from now on (OK), or no more; `cause` is what was answered last then.
  std::function<void(const absl::Status& state, const absl::Status& cause)> turned;
};

/// Guards the index. For the process's one event loop.
class GuardedIndex final : public InventoryIndex {
 public:
  /// Everything must outlive the guard.
  struct Tools {
    InventoryIndex& index;
    HomeServers& servers;
    HomeRecord& homes;
    GuardPolicy policy;
    GuardWatch watch;
  };
  explicit GuardedIndex(Tools tools) : tools_(std::move(tools)) {}

  /// Looks at every shard's server: that it is the home, that its mark is there; counts the marks
  /// on. What was given up is used again once this succeeds. Refuses kIndexForeign and
  /// kIndexEvicts; the index is not used while this is so.
  async::Task<void> Check();

  /// OK while the index is used; else why not.
  const absl::Status& state() const { return state_; }

  int shards() const override { return tools_.index.shards(); }
  async::Task<int> Load(RunState state) override;
  async::Task<std::vector<int>> Allocate(RunEpoch run, DemandKind kind, std::string token) override;
  async::Task<std::vector<int>> AllocateWished(RunEpoch run, DemandKind kind, std::string token,
                                               std::string positions) override;
  async::Task<ReleaseOutcome> Release(RunEpoch run, std::string token) override;
  async::Task<EnlistOutcome> Enlist(RunEpoch run, WaitingDemand demand) override;
  async::Task<WithdrawOutcome> Withdraw(RunEpoch run, std::string demand) override;
  async::Task<int> AddCapacity(RunEpoch run, AddedUnits added) override;
  async::Task<void> SetSale(RunEpoch run, Sale sale) override;
  async::Task<void> Remove(RunEpoch run) override;
  async::Task<void> Confirm(std::string run, std::vector<std::string> tokens) override;
  async::Task<std::vector<ClassVacancy>> Snapshot(RunEpoch run, LegRange legs) override;
  async::Task<RunVacancy> Vacancy(std::string run) override;
  async::Task<ChangePage> ReadChanges(int shard, std::string after_id, int count) override;
  async::Task<IndexState> FullState(std::string run) override;
  async::Task<std::vector<Match>> ReadMatches(int shard, std::string consumer, int count) override;
  async::Task<void> AckMatch(Match match) override;
  async::Task<std::vector<UnconfirmedToken>> UnconfirmedTokens(int shard, absl::Duration age,
                                                               int count) override;

 private:
  async::Task<void> Admit();
  async::Task<void> Verify();
  async::Task<void> LookAtAll();
  async::Task<IndexHome> LookAt(IndexHome home);
  async::Task<IndexHome> MoveTo(IndexHome home, ShownHome shown);
  async::Task<IndexHome> ReadAgain(int shard);
  void Note(const absl::Status& outcome);
  void Turn(absl::Status state, const absl::Status& cause);

  RunEpoch Inside(RunEpoch run) const;
  std::int64_t Outside(const std::string& run, std::int64_t epoch);
  absl::Status OutsideOf(const std::string& run, const absl::Status& refusal);

  /// Admits and calls; once more where a server turned out to be another one.
  template <class T>
  async::Task<T> Through(std::function<async::Task<T>()> call);
  template <class T>
  async::Task<T> ThroughRun(RunEpoch run, std::function<async::Task<T>(RunEpoch)> call);

  Tools tools_;
  std::string deployment_;
  std::map<int, std::int64_t> numbers_;  // the homes in use, by shard
  bool verified_ = false;
  bool looking_ = false;
  bool given_up_ = false;
  int failures_ = 0;
  int moves_ = 0;
  absl::Status state_;
};

}  // namespace houbu::slot
