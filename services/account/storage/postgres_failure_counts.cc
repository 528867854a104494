#include "services/account/storage/postgres_failure_counts.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

constexpr char kKey[] = "sign_in_failures/key";

}  // namespace

std::string PostgresFailureCounts::IndexOf(const std::string& key) const {
  return vault_.IndexOf(kKey, key);
}

// An attempt within a pause is not counted, or whoever keeps trying would keep the pause going. The
// pauses are whole seconds, the first one's at 1; the last one stands for all that follow.
constexpr char kCount[] = R"sql(
  INSERT INTO sign_in_failures AS f (key_index, failures, last_at, locked_until)
  VALUES ($1, 1, $2::timestamptz, $2::timestamptz + make_interval(secs => ($4::bigint[])[1]))
  ON CONFLICT (key_index) DO UPDATE SET
    failures = CASE WHEN f.last_at < $3 THEN 1 ELSE f.failures + 1 END,
    last_at = $2,
    locked_until = $2::timestamptz + make_interval(secs => ($4::bigint[])[
      least(CASE WHEN f.last_at < $3 THEN 1 ELSE f.failures + 1 END,
            cardinality($4::bigint[]))])
  WHERE f.locked_until <= $2
  RETURNING locked_until)sql";

constexpr char kLockedUntil[] = R"sql(
  SELECT locked_until FROM sign_in_failures WHERE key_index = $1)sql";

Task<absl::Time> PostgresFailureCounts::Count(FailureCount count, absl::Time now) {
  std::vector<std::int64_t> pauses;
  for (const absl::Duration pause : count.pauses) {
    pauses.push_back(absl::ToInt64Seconds(pause));
  }
  postgres::Parameters parameters;
  parameters.Add(IndexOf(count.key)).Add(now).Add(now - count.forgotten_after);
  parameters.AddIntArray(pauses);
  ASSIGN_OR_CO_RETURN(const postgres::Result counted,
                      co_await pool_.Query(kCount, std::move(parameters)));
  if (!counted.empty()) {
    co_return now;
  }
  postgres::Parameters which;
  which.Add(IndexOf(count.key));
  ASSIGN_OR_CO_RETURN(const postgres::Result locked,
                      co_await pool_.Query(kLockedUntil, std::move(which)));
  co_return locked.empty() ? now : locked.row(0).Time("locked_until");
}

constexpr char kForget[] = R"sql(
  DELETE FROM sign_in_failures WHERE key_index = $1)sql";

Task<void> PostgresFailureCounts::Forget(std::string key) {
  postgres::Parameters parameters;
  parameters.Add(IndexOf(key));
  CO_RETURN_IF_ERROR(co_await pool_.Query(kForget, std::move(parameters)));
  co_return absl::OkStatus();
}

constexpr char kTakeBack[] = R"sql(
  UPDATE sign_in_failures SET failures = failures - 1, locked_until = $2
  WHERE key_index = $1 AND failures > 0)sql";

Task<void> PostgresFailureCounts::TakeBack(std::string key, absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(IndexOf(key)).Add(now);
  CO_RETURN_IF_ERROR(co_await pool_.Query(kTakeBack, std::move(parameters)));
  co_return absl::OkStatus();
}

}  // namespace houbu::account
