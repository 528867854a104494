/// Debts to the index that were paid, noted many at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libs/async/task.h"
#include "libs/postgres/group_commit.h"
#include "libs/postgres/pool.h"

namespace houbu::slot {

/// Strikes paid debts out, those in flight together. What is lost with the server's last moments is
/// paid once more, by a rebuild: nobody waits for the disk.
class DebtSettlement final {
 public:
  /// `pool` must outlive this.
  explicit DebtSettlement(postgres::Pool& pool);

  /// Strikes debts of a run out.
  async::Task<void> Settle(std::string run, std::vector<std::int64_t> debts);

 private:
  struct Paid {
    std::string run;
    std::vector<std::int64_t> debts;
  };
  struct Noted {};
  using Settling = postgres::GroupCommit<Paid, Noted>;

  static async::Task<Settling::Answers> StrikeOut(postgres::Pool& pool, std::vector<Paid> paid);

  Settling settling_;
};

}  // namespace houbu::slot
