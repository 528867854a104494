/// Booking as one would do it with PostgreSQL alone: a row for each seat with the legs taken of it,
/// the first free one locked by FOR UPDATE SKIP LOCKED. What slot's booking is compared with.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/refusal.h"
#include "libs/base/request.h"
#include "libs/postgres/pool.h"

namespace houbu::bench {

/// Refuses a booking where every seat is taken on some leg of it, or locked at the moment.
inline constexpr Refusal kNoSeatFree{absl::StatusCode::kResourceExhausted, "SOLD_OUT",
                                     "No seat is free."};

/// A seat is wanted.
struct SeatWish {
  RequestKey key;       ///< The same key books once.
  std::string booking;  ///< The id of the booking to be.
  std::string run;
  std::int64_t legs = 0;  ///< A bit for each leg; bit 63 is never set.
  absl::Time now;
};

/// What was booked.
struct BookedSeat {
  std::string booking;
  int unit = 0;
};

/// The tables of the baseline. It is correct: the legs taken of a seat stand in the row that is
/// locked, so whoever locks it sees them as they are, and not as they were when the search began.
class SeatTable final {
 public:
  /// Works on `pool`, which must outlive this.
  explicit SeatTable(postgres::Pool& pool) : pool_(pool) {}

  /// Makes the tables and a row for every numbered unit of slot's runs that has none yet.
  async::Task<void> Prepare();

  /// Books the first free seat: BEGIN, SELECT ... FOR UPDATE SKIP LOCKED, UPDATE, a booking row, an
  /// idempotency row, COMMIT. Refuses kNoSeatFree, or postgres::kRequestIdReused.
  async::Task<BookedSeat> Book(SeatWish wish);

  /// The same said in one statement that commits by itself: one round trip.
  async::Task<BookedSeat> BookAtOnce(SeatWish wish);

 private:
  async::Task<BookedSeat> BookInSteps(SeatWish wish);
  async::Task<BookedSeat> Replayed(RequestKey key, absl::Status failure);

  postgres::Pool& pool_;
};

}  // namespace houbu::bench
