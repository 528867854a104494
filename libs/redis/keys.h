/// Which shard of Redis a run lives on, as part of its keys' names. All keys of a shard share a
/// hash tag, so that one function call can touch them all, on one server as in a Cluster.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace houbu::redis {

/// A shard: 0 to shards - 1.
struct Shard {
  int number = 0;

  /// Compares the number.
  friend bool operator==(const Shard& a, const Shard& b) = default;
};

/// Returns the shard of a run, the same one forever as long as `shards` (at least 1) stays.
Shard ShardOf(absl::string_view run_id, int shards);

/// Returns the hash tag of a shard: "{s07}".
std::string ShardTag(Shard shard);

/// How many slots a Cluster divides its keys into.
inline constexpr int kSlots = 16384;

/// Returns the slot of a key, 0 to kSlots - 1: of what stands between its first "{" and the next
/// "}" when that is not empty, else of all of it.
int SlotOf(absl::string_view key);

}  // namespace houbu::redis
