/// The index in Redis: one function call a step, all keys of a run on its shard.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "libs/redis/client.h"
#include "services/slot/app/inventory_index.h"

namespace houbu::slot {

/// Calls the function library `houbu` (storage/redis/*.lua), where each step is written.
class RedisInventory final : public InventoryIndex {
 public:
  /// Spreads runs over `shards` shards, 1 to 100; the number may not change while the index holds
  /// anything. `client` must outlive this object.
  RedisInventory(redis::Client& client, int shards) : client_(client), shards_(shards) {}

  /// Loads the function library, now and whenever Redis has lost it. UNAVAILABLE while Redis is
  /// away: the calls will then load it.
  async::Task<void> Prepare();

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

 private:
  std::string KeyOf(const std::string& run) const;
  async::Task<redis::Reply> Ask(std::string function, std::string key,
                                std::vector<std::string> args);
  // Reads {..., demands served, 1 when work is left over} from item `at` on and does what is left;
  // answers how many were served.
  async::Task<int> Finish(RunEpoch run, redis::Reply served, std::size_t at);

  redis::Client& client_;
  int shards_;
};

}  // namespace houbu::slot
