/// Journeys to come, read from PostgreSQL.
#pragma once

#include <vector>

#include "libs/async/task.h"
#include "libs/postgres/parameters.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports_trips.h"

namespace houbu::slot {

/// What lists trips: by an index, however many bookings there are.
extern const char kListTrips[];

/// What kListTrips takes.
postgres::Parameters ListTripsParameters(const TripFilter& filter);

/// Reads trips.
class PostgresTrips final : public TripStore {
 public:
  /// `pool` must outlive this.
  explicit PostgresTrips(postgres::Pool& pool) : pool_(pool) {}

  async::Task<std::vector<PlannedTrip>> ListTrips(TripFilter filter) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace houbu::slot
