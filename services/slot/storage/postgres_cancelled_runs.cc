#include "services/slot/storage/postgres_cancelled_runs.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/unit_of_work.h"
#include "services/slot/domain/rules.h"

namespace houbu::slot {

using async::Task;
using postgres::Parameters;
using postgres::Result;

namespace {

// Waits for those who claim places, and keeps others from coming in between: what has places after
// this is all there will ever be.
constexpr char kLockRun[] = "SELECT pg_advisory_xact_lock(run_lock($1))";

constexpr char kMark[] = R"sql(
  UPDATE runs SET sale = 'CLOSED', cancelled = true
  WHERE id = $1 AND (cancelled OR departs_at > $2)
  RETURNING epoch)sql";

constexpr char kIsThere[] = "SELECT FROM runs WHERE id = $1";

// A day after its end nobody can enter its line or have a verdict of it under way.
constexpr char kNote[] = R"sql(
  INSERT INTO run_cancellations (run_id, reason, cancelled_at, over_at, bookings, demands)
  SELECT r.id, $2, $3,
         COALESCE((SELECT max(s.arrives_at) FROM run_stops AS s WHERE s.run_id = r.id),
                  r.departs_at) + interval '1 day',
         (SELECT count(*) FROM allocations AS a WHERE a.run_id = r.id),
         (SELECT count(*) FROM demands AS d WHERE d.run_id = r.id AND d.state = 'WAITING')
  FROM runs AS r WHERE r.id = $1
  ON CONFLICT (run_id) DO NOTHING)sql";

constexpr char kOwe[] = "INSERT INTO index_debts (run_id, created_at) VALUES ($1, $2) RETURNING id";

constexpr char kRead[] = R"sql(
  SELECT c.reason, c.cancelled_at, c.bookings, c.demands,
         (SELECT count(*) FROM allocations AS a WHERE a.run_id = c.run_id)::int AS bookings_left,
         (SELECT count(*) FROM demands AS d
          WHERE d.run_id = c.run_id AND d.state = 'WAITING')::int AS demands_left
  FROM run_cancellations AS c WHERE c.run_id = $1)sql";

CancelledRun ReadRun(RunId run, const postgres::Row& row) {
  CancelledRun found;
  found.run = std::move(run);
  found.reason = row.Text("reason");
  found.cancelled_at = row.Time("cancelled_at");
  found.bookings = row.Int32("bookings");
  found.bookings_left = row.Int32("bookings_left");
  found.demands = row.Int32("demands");
  found.demands_left = row.Int32("demands_left");
  return found;
}

Parameters NameOnly(const RunId& run) {
  Parameters params;
  params.Add(run.value());
  return params;
}

}  // namespace

Task<CancelledAnswer> PostgresCancelledRuns::Cancel(RunToCancel wanted,
                                                    Mutation<CancelledRun> mutation,
                                                    absl::Time now) {
  const RequestKey key = mutation.key;
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work, co_await postgres::UnitOfWork::Begin(pool_, key));
  if (work.answer().has_value()) co_return Refuse(postgres::kRequestRaced);
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kLockRun, NameOnly(wanted.run)));
  Parameters marked = NameOnly(wanted.run);
  Parameters debt = marked;
  Parameters noted = marked;
  marked.Add(now);
  ASSIGN_OR_CO_RETURN(const Result rows,
                      co_await work.transaction().Execute(kMark, std::move(marked)));
  if (rows.empty()) {
    ASSIGN_OR_CO_RETURN(const Result there,
                        co_await work.transaction().Execute(kIsThere, NameOnly(wanted.run)));
    co_return Refuse(there.empty() ? kRunNotFound : kRunDeparted);
  }
  noted.Add(wanted.reason).Add(now);
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kNote, std::move(noted)));
  debt.Add(now);
  ASSIGN_OR_CO_RETURN(const Result owed,
                      co_await work.transaction().Execute(kOwe, std::move(debt)));
  ASSIGN_OR_CO_RETURN(const Result read,
                      co_await work.transaction().Execute(kRead, NameOnly(wanted.run)));
  CancelledAnswer answer;
  answer.bytes = mutation.render(ReadRun(wanted.run, read.row(0)));
  answer.committed.epoch = rows.row(0).Int64("epoch");
  answer.committed.debt = owed.row(0).Int64("id");
  CO_RETURN_IF_ERROR(co_await work.Commit(answer.bytes, now));
  co_return answer;
}

Task<CancelledRun> PostgresCancelledRuns::Find(RunId run) {
  ASSIGN_OR_CO_RETURN(const Result rows, co_await pool_.Query(kRead, NameOnly(run)));
  if (rows.empty()) co_return Refuse(kRunNotCancelled);
  co_return ReadRun(std::move(run), rows.row(0));
}

constexpr char kWaitingDemands[] = R"sql(
  SELECT d.id FROM run_cancellations AS c
  JOIN demands AS d ON d.run_id = c.run_id AND d.state = 'WAITING'
  WHERE c.done_at IS NULL LIMIT $1)sql";

Task<std::vector<DemandId>> PostgresCancelledRuns::WaitingDemands(int limit) {
  Parameters params;
  params.Add(limit);
  ASSIGN_OR_CO_RETURN(const Result rows, co_await pool_.Query(kWaitingDemands, std::move(params)));
  std::vector<DemandId> waiting;
  for (int i = 0; i < rows.rows(); ++i) waiting.emplace_back(rows.row(i).Text("id"));
  co_return waiting;
}

// Places whose booking does not stand yet were found for somebody whose order is being asked.
constexpr char kBookingsLeft[] = R"sql(
  SELECT b.id, c.reason FROM run_cancellations AS c
  CROSS JOIN LATERAL (SELECT a.booking_id FROM allocations AS a WHERE a.run_id = c.run_id
                        AND EXISTS (SELECT FROM bookings AS s WHERE s.id = a.booking_id)
                      LIMIT $1) AS a
  JOIN bookings AS b ON b.id = a.booking_id
  WHERE c.done_at IS NULL LIMIT $1)sql";

Task<std::vector<BookingLeft>> PostgresCancelledRuns::BookingsLeft(int limit) {
  Parameters params;
  params.Add(limit);
  ASSIGN_OR_CO_RETURN(const Result rows, co_await pool_.Query(kBookingsLeft, std::move(params)));
  std::vector<BookingLeft> left;
  for (int i = 0; i < rows.rows(); ++i) {
    BookingLeft one;
    one.booking = BookingId(rows.row(i).Text("id"));
    one.reason = rows.row(i).Text("reason");
    left.push_back(std::move(one));
  }
  co_return left;
}

constexpr char kForgetDone[] = R"sql(
  UPDATE run_cancellations SET done_at = $1
  WHERE done_at IS NULL AND over_at <= $1
    AND NOT EXISTS (SELECT FROM allocations AS a WHERE a.run_id = run_cancellations.run_id)
    AND NOT EXISTS (SELECT FROM demands AS d
                    WHERE d.run_id = run_cancellations.run_id AND d.state = 'WAITING'))sql";

Task<void> PostgresCancelledRuns::ForgetDone(absl::Time now) {
  Parameters params;
  params.Add(now);
  const auto forgotten = co_await pool_.Query(kForgetDone, std::move(params));
  co_return forgotten.status();
}

}  // namespace houbu::slot
