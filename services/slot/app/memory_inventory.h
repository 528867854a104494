/// The index in memory: for the tests of use cases.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/base/clock.h"
#include "services/slot/app/inventory_index.h"
#include "services/slot/app/inventory_model.h"

namespace houbu::slot {

/// Keeps every run as an InventoryModel. For one thread.
class MemoryInventory final : public InventoryIndex {
 public:
  /// Starts empty; `clock` ages matches and tokens and must outlive this object.
  explicit MemoryInventory(const Clock& clock, int shards = 1) : clock_(clock), shards_(shards) {}

  int shards() const override { return shards_; }
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

  /// Forgets everything: what losing the index looks like.
  void Lose();

 private:
  struct PendingMatch {
    Match match;
    std::string consumer;  // "" while nobody has read it
    absl::Time read_at;
  };
  struct Taken {
    UnconfirmedToken token;
    absl::Time at;
  };

  absl::StatusOr<InventoryModel*> Open(const RunEpoch& run);
  int ShardOf(const std::string& run) const;
  int Propose(const RunEpoch& run, const std::vector<TakenPlaces>& matches);
  void NoteTaken(const std::string& run, const std::string& token, TokenHolder holder);
  void ForgetTaken(const std::string& run, const std::string& token);
  void Tell(const RunEpoch& run, VacancyChange change);
  void TellPlaces(const RunEpoch& run, ChangeKind kind, const TakenPlaces& places);
  void TellOf(const RunEpoch& run, const std::string& owner, VacancyChange change);

  const Clock& clock_;
  int shards_;
  std::int64_t next_match_ = 1;
  std::map<std::string, InventoryModel> runs_;
  std::map<int, std::vector<PendingMatch>> matches_;
  std::vector<Taken> unconfirmed_;
  std::map<int, std::vector<VacancyChange>> changes_;
  // Shared by copies: what was thrown back to an earlier copy gives no change's id twice.
  std::shared_ptr<std::int64_t> last_change_ = std::make_shared<std::int64_t>(0);
};

}  // namespace houbu::slot
