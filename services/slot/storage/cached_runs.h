/// Runs kept in memory: what booking must know of a run - its stops, classes, prices and units - is
/// asked of the database once in a while, not at every booking. None of it changes but for units
/// that are added and the epoch, and both are seen to: an unknown unit is looked up anew, an epoch
/// that is old costs the index a question more.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/guarded.h"
#include "libs/async/task.h"
#include "libs/postgres/group_commit.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// How much is kept, and for how long.
struct CachedRunsOptions {
  int runs_max = 4096;
  absl::Duration age_max = absl::Seconds(60);  ///< Real time; then a run is read again.
  /// Hears of every question whether the answer was there; for figures.
  std::function<void(bool hit)> on_lookup;
};

/// Reads runs through a bounded memory. Safe from any thread.
class CachedRuns final : public RunStore {
 public:
  /// `pool` must outlive this.
  CachedRuns(postgres::Pool& pool, CachedRunsOptions options);

  async::Task<Run> Load(RunId id) override;
  async::Task<std::optional<Money>> Fare(RunId id, ClassCode class_code, LegRange legs) override;
  async::Task<std::vector<Unit>> Units(RunId id, ClassCode class_code,
                                       std::vector<int> units) override;
  void NoteEpoch(const RunId& id, std::int64_t epoch) override;
  void Forget(const RunId& id) override;

  /// How many runs are kept now.
  int size() const;

 private:
  using Instant = std::chrono::steady_clock::time_point;

  /// The units of a class in their order; shared by all runs that have the same.
  using Layout = std::vector<Unit>;

  /// Prices by from * stops + to, in fen; negative where nothing is sold. Shared likewise.
  using Prices = std::vector<std::int64_t>;

  /// All that is known of a class; null where it has no numbered units, or is not sold at all.
  struct KnownClass {
    std::shared_ptr<const Layout> layout;
    std::shared_ptr<const Prices> prices;
  };

  /// All that is known of a run; never changed once it is known.
  struct KnownRun {
    Run run;
    std::vector<KnownClass> classes;  ///< In the order of run.classes.
  };
  using Known = std::shared_ptr<const KnownRun>;

  /// A run in memory, in the order of use.
  struct Kept {
    std::string id;
    Known known;
    std::int64_t epoch = 0;
    Instant read_at;
  };

  /// The memory.
  struct Memory {
    std::list<Kept> by_use;  ///< The one used last first.
    std::unordered_map<std::string, std::list<Kept>::iterator> by_id;
    std::unordered_map<std::string, std::weak_ptr<const Layout>> layouts;  ///< By their text.
    std::unordered_map<std::string, std::weak_ptr<const Prices>> prices;
  };

  /// A run that was asked for, with the epoch it had last.
  struct Found {
    Known known;
    std::int64_t epoch = 0;
  };

  async::Task<Found> Find(RunId id);
  async::Task<std::vector<absl::StatusOr<Found>>> ReadAll(std::vector<std::string> ids);
  std::optional<Found> Recall(const std::string& id);
  absl::StatusOr<std::map<std::string, Found>> KeepAll(const std::vector<postgres::Result>& results,
                                                       Instant asked_at);
  Found Keep(Memory& memory, KnownRun run, Instant asked_at) const;
  static absl::StatusOr<std::map<std::string, KnownRun>> RunsIn(
      const std::vector<postgres::Result>& results);
  static Layout LayoutOf(const postgres::Row& row);
  static Prices PricesOf(const postgres::Row& row, std::size_t stops);
  static std::vector<Unit> Name(const KnownRun& known, const ClassCode& class_code,
                                const std::vector<int>& units);

  postgres::Pool& pool_;
  const CachedRunsOptions options_;
  async::Guarded<Memory> memory_;
  // Who finds a run missing while others do waits for one read, not for one each.
  postgres::GroupCommit<std::string, Found> reads_;
};

}  // namespace houbu::slot
