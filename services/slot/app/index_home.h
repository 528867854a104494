/// Where the index lives. PostgreSQL keeps for every shard which life of which server holds it, and
/// a mark that counts on; the server shows who it is, whose index it holds, and the mark it has. A
/// server that was started anew or promoted, emptied, or thrown back to an earlier state shows
/// something else than is known of it: then the shard gets a new home, in which nothing of what was
/// indexed before is valid.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/refusal.h"

namespace houbu::slot {

/// The index holds what another deployment put there: this is the wrong server.
inline constexpr Refusal kIndexForeign{
    absl::StatusCode::kUnavailable, "INDEX_FOREIGN",
    "The index belongs to another deployment; empty that Redis if it is meant for this one."};

/// The server is set to throw away what it was given to keep.
inline constexpr Refusal kIndexEvicts{absl::StatusCode::kUnavailable, "INDEX_EVICTS",
                                      "The index's maxmemory-policy must be noeviction."};

/// Tells whether the index must not be used, whatever else is tried.
inline bool IsUnfit(const absl::Status& status) {
  return ReasonOf(status) == kIndexForeign.reason || ReasonOf(status) == kIndexEvicts.reason;
}

/// The server of a shard is not the one that is trusted; nothing was asked of it.
inline constexpr Refusal kIndexStranger{absl::StatusCode::kUnavailable, "INDEX_STRANGER",
                                        "The index is served by another server than before."};

/// A shard's home as the record has it.
struct IndexHome {
  int shard = 0;
  std::string server;       ///< The identity of the server; empty before the first.
  std::int64_t number = 0;  ///< 1 for the first home; grows with each.
  std::int64_t mark = 0;    ///< The index has this mark or the next.
  absl::Duration age;       ///< Since the shard moved there.
};

/// What the server of a shard shows.
struct ShownHome {
  std::string server;      ///< Its identity: another after each start and each promotion.
  std::string eviction;    ///< Its maxmemory-policy.
  std::string deployment;  ///< Whose index it holds; empty for nobody's.
  std::int64_t number = 0;
  std::int64_t mark = 0;
};

/// The homes in the record.
class HomeRecord {
 public:
  virtual ~HomeRecord() = default;

  /// The deployment's id, the same for ever.
  virtual async::Task<std::string> Deployment() = 0;

  /// The homes of shards 0 to `shards` - 1.
  virtual async::Task<std::vector<IndexHome>> Homes(int shards) = 0;

  /// Moves a shard from the home `from` to the server that shows `to`, under a number and a mark
  /// above both; nothing when `from` is not its home any more.
  virtual async::Task<std::optional<IndexHome>> Move(IndexHome from, ShownHome to) = 0;

  /// Counts the marks on: each index has its next one. At most about once a second each.
  virtual async::Task<void> CountOn(std::vector<IndexHome> homes) = 0;
};

/// The servers behind the index.
class HomeServers {
 public:
  virtual ~HomeServers() = default;

  /// Which shard a run is on.
  virtual int ShardOf(const std::string& run) const = 0;

  /// From now on only this server is asked for the shard, but for what is below; where another
  /// would be, calls of the index end with kIndexStranger. Before, none is asked.
  virtual void Trust(const IndexHome& home) = 0;

  /// What the shard's server shows, whoever it is. Where it is `known`, it also takes the next
  /// mark.
  virtual async::Task<ShownHome> Show(std::string deployment, IndexHome known) = 0;

  /// Tells the server that it is the home, unless it already is a later one.
  virtual async::Task<void> Settle(std::string deployment, IndexHome home) = 0;
};

}  // namespace houbu::slot
