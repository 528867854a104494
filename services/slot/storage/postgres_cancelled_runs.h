/// Cancelled runs in PostgreSQL.
#pragma once

#include <vector>

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports_cancelled.h"

namespace houbu::slot {

/// Keeps which runs were cancelled, and finds what is left of them.
class PostgresCancelledRuns final : public CancelledRuns {
 public:
  /// `pool` must outlive this.
  explicit PostgresCancelledRuns(postgres::Pool& pool) : pool_(pool) {}

  async::Task<CancelledAnswer> Cancel(RunToCancel wanted, Mutation<CancelledRun> mutation,
                                      absl::Time now) override;
  async::Task<CancelledRun> Find(RunId run) override;
  async::Task<std::vector<DemandId>> WaitingDemands(int limit) override;
  async::Task<std::vector<BookingLeft>> BookingsLeft(int limit) override;
  async::Task<void> ForgetDone(absl::Time now) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::slot
