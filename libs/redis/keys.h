/// Which shard of Redis a run lives on, as part of its keys' names. One node today, a Cluster
/// tomorrow: keys of one run already share a hash tag, so one function call can touch them all.
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

}  // namespace houbu::redis
