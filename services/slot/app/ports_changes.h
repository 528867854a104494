/// The changes of what is free, as the index tells them, all shards together.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "libs/async/task.h"
#include "services/slot/app/inventory_changes.h"

namespace houbu::slot {

/// The place of a change among those of its shard.
struct ChangeId {
  std::uint64_t time = 0;
  std::uint64_t sequence = 0;

  /// Reads "<time>-<sequence>"; what is none is before all.
  static ChangeId Parse(absl::string_view text);

  /// Orders by time, then sequence.
  friend auto operator<=>(const ChangeId& a, const ChangeId& b) = default;
};

/// Where changes are read.
class ChangeFeed {
 public:
  virtual ~ChangeFeed() = default;

  /// How many shards there are.
  virtual int shards() const = 0;

  /// The shard a run's changes come from.
  virtual int ShardOf(absl::string_view run) const = 0;

  /// The last change of a shard there is, kFirstChange where there is none.
  virtual async::Task<std::string> Last(int shard) = 0;

  /// Up to `count` changes of each shard behind the one given for it, in one go. Does not wait for
  /// any to come.
  virtual async::Task<std::vector<ChangePage>> Read(std::vector<std::string> after, int count) = 0;
};

}  // namespace houbu::slot
