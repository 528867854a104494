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

int SlotOf(absl::string_view key) {
  const std::size_t open = key.find('{');
  if (open != absl::string_view::npos) {
    const std::size_t close = key.find('}', open + 1);
    if (close != absl::string_view::npos && close > open + 1) {
      key = key.substr(open + 1, close - open - 1);
    }
  }
  // CRC-16/XMODEM, as the Cluster's specification has it.
  std::uint32_t crc = 0;
  for (const char c : key) {
    crc ^= static_cast<std::uint32_t>(static_cast<unsigned char>(c)) << 8U;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 0x8000U) != 0 ? (crc << 1U) ^ 0x1021U : crc << 1U;
    }
    crc &= 0xFFFFU;
  }
  return static_cast<int>(crc % static_cast<std::uint32_t>(kSlots));
}

std::string ShardTag(Shard shard) { return absl::StrFormat("{s%02d}", shard.number); }

}  // namespace houbu::redis
