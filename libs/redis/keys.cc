#include "libs/redis/keys.h"

#include <cstdint>

#include "absl/strings/str_format.h"

namespace houbu::redis {

Shard ShardOf(absl::string_view run_id, int shards) {
  // FNV-1a: the same on every machine and in every release, which std::hash is not.
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : run_id) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211U;
  }
  // FNV's low bits are weak for short ids; fold the high ones in.
  hash ^= hash >> 32U;
  Shard shard;
  shard.number = static_cast<int>(hash % static_cast<std::uint64_t>(shards < 1 ? 1 : shards));
  return shard;
}

std::string ShardTag(Shard shard) { return absl::StrFormat("{s%02d}", shard.number); }

}  // namespace houbu::redis
