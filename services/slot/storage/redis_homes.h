/// Who the Redis servers behind the index are.
#pragma once

#include <memory>
#include <string>

#include "libs/redis/client.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Asks by functions of the library `houbu` (storage/redis/90_homes.lua), so each shard's own
/// server answers, whichever that is.
class RedisHomes final : public HomeServers {
 public:
  /// Sets itself as the client's admission: no function is sent for a shard until its server is
  /// trusted. `client` must outlive this object; `shards` as RedisInventory's.
  RedisHomes(redis::Client& client, int shards);

  int ShardOf(const std::string& run) const override;
  void Trust(const IndexHome& home) override;
  async::Task<ShownHome> Show(std::string deployment, IndexHome known) override;
  async::Task<void> Settle(std::string deployment, IndexHome home) override;

 private:
  class Admission;

  redis::Client& client_;
  int shards_;
  std::shared_ptr<Admission> admission_;
};

}  // namespace houbu::slot
