/// The changes as an index in memory tells them: for the tests of what follows it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "libs/async/status_macros.h"
#include "services/slot/app/inventory_index.h"
#include "services/slot/app/ports_changes.h"

namespace houbu::slot {

/// Reads an index of one shard.
class MemoryChangeFeed final : public ChangeFeed {
 public:
  /// `index` must outlive this object.
  explicit MemoryChangeFeed(InventoryIndex& index) : index_(index) {}

  int shards() const override { return 1; }
  int ShardOf(absl::string_view) const override { return 0; }

  async::Task<std::string> Last(int shard) override {
    std::string last = kFirstChange;
    for (bool more = true; more;) {
      ASSIGN_OR_CO_RETURN(const ChangePage page, co_await index_.ReadChanges(shard, last, kPage));
      more = !page.changes.empty();
      if (more) last = page.changes.back().id;
    }
    co_return last;
  }

  async::Task<std::vector<ChangePage>> Read(std::vector<std::string> after, int count) override {
    if (away) co_return absl::UnavailableError("the index is away");
    std::vector<ChangePage> pages;
    ASSIGN_OR_CO_RETURN(ChangePage page, co_await index_.ReadChanges(0, after.front(), count));
    pages.push_back(std::move(page));
    co_return pages;
  }

  bool away = false;  ///< Whether reading fails.

 private:
  static constexpr int kPage = 1000;

  InventoryIndex& index_;
};

}  // namespace houbu::slot
