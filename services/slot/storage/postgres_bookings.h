/// Bookings read from PostgreSQL.
#pragma once

#include <vector>

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Reads bookings.
class PostgresBookings final : public BookingStore {
 public:
  /// `pool` must outlive this.
  explicit PostgresBookings(postgres::Pool& pool) : pool_(pool) {}

  async::Task<Booking> Load(BookingId id) override;
  async::Task<std::vector<Booking>> List(BookingFilter filter) override;
  async::Task<std::vector<BookingId>> Due(absl::Time now, int limit) override;

 private:
  async::Task<std::vector<Booking>> Complete(postgres::Result rows);

  postgres::Pool& pool_;
};

}  // namespace houbu::slot
