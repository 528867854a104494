/// Serial numbers of bookings, fetched from the sequence many at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "libs/async/guarded.h"
#include "libs/async/task.h"
#include "libs/postgres/group_commit.h"
#include "libs/postgres/pool.h"

namespace houbu::slot {

/// Numbers nobody else gives: each block is this process's own. Those that are left when the
/// process ends are never given.
class SerialBlock final {
 public:
  /// `pool` must outlive this.
  explicit SerialBlock(postgres::Pool& pool);

  /// The next number.
  async::Task<std::int64_t> Next();

 private:
  using Numbers = std::deque<std::int64_t>;
  struct Asked {};

  async::Task<std::vector<absl::StatusOr<std::int64_t>>> Give(std::size_t count);

  postgres::Pool& pool_;
  async::Guarded<Numbers> numbers_;
  // Who finds the block empty waits for one new block, not for one each.
  postgres::GroupCommit<Asked, std::int64_t> refill_;
};

}  // namespace houbu::slot
