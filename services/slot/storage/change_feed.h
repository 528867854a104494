/// The changes of what is free, read from the streams in Redis.
#pragma once

#include <string>
#include <vector>

#include "libs/redis/client.h"
#include "services/slot/app/inventory_index.h"
#include "services/slot/app/ports_changes.h"

namespace houbu::slot {

/// Reads the stream of every shard; the questions of one look travel together.
class RedisChangeFeed final : public ChangeFeed {
 public:
  /// Reads changes as `index` gives them, with its epochs and its trust in the servers; `client` is
  /// asked only where a stream ends. Both must outlive this object.
  RedisChangeFeed(redis::Client& client, InventoryIndex& index) : client_(client), index_(index) {}

  int shards() const override { return index_.shards(); }
  int ShardOf(absl::string_view run) const override;
  async::Task<std::string> Last(int shard) override;
  async::Task<std::vector<ChangePage>> Read(std::vector<std::string> after, int count) override;

 private:
  redis::Client& client_;
  InventoryIndex& index_;
};

}  // namespace houbu::slot
