#include "libs/outbox/rows.h"

#include <algorithm>
#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::outbox {
namespace {

using postgres::Parameters;
using postgres::Result;
using postgres::Row;

// Any older row of the aggregate blocks, whatever its state. FOR UPDATE looks at a row again when
// another claimed it since the snapshot, and finds its new lease.
constexpr char kClaim[] = R"sql(
  UPDATE outbox AS claimed SET attempts = claimed.attempts + 1, lease_until = $2
  FROM (
    SELECT id FROM outbox AS due
    WHERE due.due_at <= $1
      AND (due.lease_until IS NULL OR due.lease_until <= $1)
      AND NOT due.target = ANY($4::text[])
      AND NOT EXISTS (SELECT FROM outbox AS older
                      WHERE older.aggregate = due.aggregate AND older.seq < due.seq)
    ORDER BY due.due_at, due.seq
    LIMIT $3
    FOR UPDATE SKIP LOCKED) AS chosen
  WHERE claimed.id = chosen.id
  RETURNING claimed.id, claimed.aggregate, claimed.target, claimed.method, claimed.payload,
    claimed.traceparent, claimed.due_at, claimed.attempts, claimed.refusals)sql";

// In the order of ids, as every dispatcher does: two never wait for each other.
constexpr char kDelete[] = R"sql(
  WITH answered AS (
    SELECT o.id FROM outbox AS o
    JOIN unnest($1::text[], $2::int[]) AS f(id, attempts) USING (id)
    WHERE o.attempts = f.attempts
    ORDER BY o.id FOR UPDATE OF o)
  DELETE FROM outbox USING answered WHERE outbox.id = answered.id)sql";

constexpr char kPostpone[] = R"sql(
  WITH failed AS (
    SELECT o.id, f.due_at, f.error, f.refusals, f.parked_at
    FROM outbox AS o
    JOIN unnest($1::text[], $2::int[], $3::timestamptz[], $4::text[], $5::int[], $6::timestamptz[])
         AS f(id, attempts, due_at, error, refusals, parked_at) USING (id)
    WHERE o.attempts = f.attempts
    ORDER BY o.id FOR UPDATE OF o)
  UPDATE outbox SET lease_until = NULL, due_at = failed.due_at, last_error = failed.error,
    refusals = outbox.refusals + failed.refusals,
    parked_at = NULLIF(failed.parked_at, 'infinity')
  FROM failed WHERE outbox.id = failed.id)sql";

constexpr char kCount[] = R"sql(
  SELECT count(*) FILTER (WHERE parked_at IS NULL) AS pending,
    count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked,
    min(created_at) FILTER (WHERE parked_at IS NULL) AS oldest
  FROM outbox)sql";

constexpr char kUnpark[] = R"sql(
  UPDATE outbox SET parked_at = NULL, refusals = 0, due_at = $2, lease_until = NULL
  WHERE aggregate = $1 AND parked_at IS NOT NULL)sql";

ClaimedCall CallIn(const Row& row) {
  ClaimedCall claimed;
  claimed.call.id = row.Text("id");
  claimed.call.aggregate = row.Text("aggregate");
  claimed.call.target = row.Text("target");
  claimed.call.method = row.Text("method");
  claimed.call.payload = row.Bytes("payload");
  claimed.call.traceparent = row.Text("traceparent");
  claimed.call.due_at = row.Time("due_at");
  claimed.attempts = row.Int32("attempts");
  claimed.refusals = row.Int32("refusals");
  return claimed;
}

}  // namespace

Task<std::vector<ClaimedCall>> ClaimDue(postgres::Pool& pool, Claim claim) {
  Parameters params;
  params.Add(claim.now).Add(claim.lease_until).Add(claim.limit).AddTextArray(claim.targets_full);
  ASSIGN_OR_CO_RETURN(const Result result, co_await pool.Query(kClaim, std::move(params)));
  std::vector<ClaimedCall> calls;
  calls.reserve(static_cast<std::size_t>(result.rows()));
  for (int i = 0; i < result.rows(); ++i) {
    calls.push_back(CallIn(result.row(i)));
  }
  co_return calls;
}

Task<void> Finish(postgres::Pool& pool, std::vector<Finished> rows) {
  std::vector<std::string> answered, failed, errors;
  std::vector<std::int64_t> answered_attempts, failed_attempts, refusals;
  std::vector<absl::Time> due, parked;
  for (Finished& row : rows) {
    if (!row.postponed.has_value()) {
      answered.push_back(std::move(row.id));
      answered_attempts.push_back(row.attempts);
      continue;
    }
    failed.push_back(std::move(row.id));
    failed_attempts.push_back(row.attempts);
    due.push_back(row.postponed->due_at);
    errors.push_back(std::move(row.postponed->error));
    refusals.push_back(row.postponed->refused ? 1 : 0);
    parked.push_back(row.postponed->parked ? row.postponed->now : absl::InfiniteFuture());
  }
  std::vector<postgres::Statement> statements;
  if (!answered.empty()) {
    Parameters params;
    params.AddTextArray(answered).AddIntArray(answered_attempts);
    postgres::Statement& statement = statements.emplace_back();
    statement.sql = kDelete;
    statement.params = std::move(params);
  }
  if (!failed.empty()) {
    Parameters params;
    params.AddTextArray(failed).AddIntArray(failed_attempts).AddTimeArray(due);
    params.AddTextArray(errors).AddIntArray(refusals).AddTimeArray(parked);
    postgres::Statement& statement = statements.emplace_back();
    statement.sql = kPostpone;
    statement.params = std::move(params);
  }
  const auto written = co_await pool.QueryAll(std::move(statements));
  co_return written.status();
}

Task<OutboxStats> CountRows(postgres::Pool& pool, absl::Time now) {
  ASSIGN_OR_CO_RETURN(const Result result, co_await pool.Query(kCount));
  const Row row = result.row(0);
  OutboxStats stats;
  stats.pending = row.Int64("pending");
  stats.parked = row.Int64("parked");
  const std::optional<absl::Time> oldest = row.OptionalTime("oldest");
  if (oldest.has_value()) {
    stats.oldest_age = std::max(now - *oldest, absl::ZeroDuration());
  }
  co_return stats;
}

Task<int> UnparkRows(postgres::Pool& pool, std::string aggregate, absl::Time now) {
  Parameters params;
  params.Add(aggregate).Add(now);
  ASSIGN_OR_CO_RETURN(const Result result, co_await pool.Query(kUnpark, std::move(params)));
  co_return static_cast<int>(result.affected());
}

}  // namespace houbu::outbox
