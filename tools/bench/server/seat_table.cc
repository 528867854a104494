#include "tools/bench/server/seat_table.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/postgres/errors.h"

namespace houbu::bench {

using async::Task;
using postgres::Parameters;

// Half of every page is left free, so that a changed seat finds room beside its old version and no
// index has to be touched: the kindest setting for this table.
constexpr char kSchema[] = R"sql(
  CREATE TABLE IF NOT EXISTS skip_locked_seats (
    run_id text   NOT NULL,
    unit   int    NOT NULL,
    taken  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, unit)
  ) WITH (fillfactor = 50);
  CREATE TABLE IF NOT EXISTS skip_locked_bookings (
    id         text        PRIMARY KEY,
    run_id     text        NOT NULL,
    unit       int         NOT NULL,
    legs       bigint      NOT NULL,
    created_at timestamptz NOT NULL
  );
  CREATE TABLE IF NOT EXISTS skip_locked_requests (
    caller      text NOT NULL,
    request_id  text NOT NULL,
    fingerprint text NOT NULL,
    booking_id  text NOT NULL,
    unit        int  NOT NULL,
    PRIMARY KEY (caller, request_id)
  );
  INSERT INTO skip_locked_seats (run_id, unit)
  SELECT run_id, unit FROM run_units
  ON CONFLICT (run_id, unit) DO NOTHING)sql";

Task<void> SeatTable::Prepare() {
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction, co_await pool_.Begin());
  CO_RETURN_IF_ERROR(co_await transaction.SetStatementTimeout(absl::Minutes(5)));
  CO_RETURN_IF_ERROR(co_await transaction.ExecuteScript(kSchema));
  co_return co_await transaction.Commit();
}

Task<BookedSeat> SeatTable::Book(SeatWish wish) {
  RequestKey key = wish.key;
  const auto booked = co_await BookInSteps(std::move(wish));
  if (booked.ok()) co_return booked;
  co_return co_await Replayed(std::move(key), booked.status());
}

constexpr char kLockSeat[] = R"sql(
  SELECT unit FROM skip_locked_seats WHERE run_id = $1 AND taken & $2 = 0
  ORDER BY unit LIMIT 1 FOR UPDATE SKIP LOCKED)sql";

constexpr char kTakeSeat[] = R"sql(
  UPDATE skip_locked_seats SET taken = taken | $3
  WHERE run_id = $1 AND unit = $2 AND taken & $3 = 0)sql";

constexpr char kInsertBooking[] = R"sql(
  INSERT INTO skip_locked_bookings (id, run_id, unit, legs, created_at)
  VALUES ($1, $2, $3, $4, $5))sql";

constexpr char kInsertRequest[] = R"sql(
  INSERT INTO skip_locked_requests (caller, request_id, fingerprint, booking_id, unit)
  VALUES ($1, $2, $3, $4, $5))sql";

Task<BookedSeat> SeatTable::BookInSteps(SeatWish wish) {
  BookedSeat seat;
  seat.booking = wish.booking;
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction, co_await pool_.Begin());
  Parameters lock;
  lock.Add(wish.run).Add(wish.legs);
  ASSIGN_OR_CO_RETURN(const postgres::Result locked,
                      co_await transaction.Execute(kLockSeat, std::move(lock)));
  if (locked.empty()) co_return Refuse(kNoSeatFree);
  seat.unit = locked.row(0).Int32("unit");
  Parameters take;
  take.Add(wish.run).Add(seat.unit).Add(wish.legs);
  ASSIGN_OR_CO_RETURN(const postgres::Result taken,
                      co_await transaction.Execute(kTakeSeat, std::move(take)));
  if (taken.affected() != 1) co_return Refuse(kNoSeatFree);
  Parameters booking;
  booking.Add(wish.booking).Add(wish.run).Add(seat.unit).Add(wish.legs).Add(wish.now);
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kInsertBooking, std::move(booking)));
  Parameters request;
  request.Add(wish.key.caller).Add(wish.key.request_id).Add(wish.key.fingerprint);
  request.Add(wish.booking).Add(seat.unit);
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kInsertRequest, std::move(request)));
  CO_RETURN_IF_ERROR(co_await transaction.Commit());
  co_return seat;
}

// An UPDATE finds the row as it was when the statement began and follows it to what was locked.
constexpr char kBookAtOnce[] = R"sql(
  WITH seat AS (
    SELECT unit FROM skip_locked_seats WHERE run_id = $1 AND taken & $2 = 0
    ORDER BY unit LIMIT 1 FOR UPDATE SKIP LOCKED),
  taken AS (
    UPDATE skip_locked_seats AS s SET taken = s.taken | $2 FROM seat
    WHERE s.run_id = $1 AND s.unit = seat.unit AND s.taken & $2 = 0
    RETURNING s.unit),
  booked AS (
    INSERT INTO skip_locked_bookings (id, run_id, unit, legs, created_at)
    SELECT $3, $1, unit, $2, $4 FROM taken),
  answered AS (
    INSERT INTO skip_locked_requests (caller, request_id, fingerprint, booking_id, unit)
    SELECT $5, $6, $7, $3, unit FROM taken)
  SELECT unit FROM taken)sql";

Task<BookedSeat> SeatTable::BookAtOnce(SeatWish wish) {
  BookedSeat seat;
  seat.booking = wish.booking;
  Parameters params;
  params.Add(wish.run).Add(wish.legs).Add(wish.booking).Add(wish.now).Add(wish.key.caller);
  params.Add(wish.key.request_id).Add(wish.key.fingerprint);
  const auto booked = co_await pool_.Query(kBookAtOnce, std::move(params));
  if (!booked.ok()) co_return co_await Replayed(std::move(wish.key), booked.status());
  if (booked->empty()) co_return Refuse(kNoSeatFree);
  seat.unit = booked->row(0).Int32("unit");
  co_return seat;
}

constexpr char kFindRequest[] = R"sql(
  SELECT fingerprint, booking_id, unit FROM skip_locked_requests
  WHERE caller = $1 AND request_id = $2)sql";

// What stood in the way may be the same request, sent twice: then its answer is the answer.
Task<BookedSeat> SeatTable::Replayed(RequestKey key, absl::Status failure) {
  if (postgres::ConstraintOf(failure) != "skip_locked_requests_pkey") co_return failure;
  Parameters params;
  params.Add(key.caller).Add(key.request_id);
  ASSIGN_OR_CO_RETURN(const postgres::Result found,
                      co_await pool_.Query(kFindRequest, std::move(params)));
  if (found.empty()) co_return failure;
  if (found.row(0).Text("fingerprint") != key.fingerprint) {
    co_return Refuse(postgres::kRequestIdReused);
  }
  BookedSeat seat;
  seat.booking = found.row(0).Text("booking_id");
  seat.unit = found.row(0).Int32("unit");
  co_return seat;
}

}  // namespace houbu::bench
