#include "services/account/storage/postgres_retention_store.h"

#include <algorithm>
#include <array>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/account/storage/erasure_rows.h"

namespace houbu::account {
namespace {

constexpr char kSweepCodes[] = R"sql(
  DELETE FROM challenges WHERE id IN (
    SELECT id FROM challenges WHERE created_at < $1 ORDER BY created_at LIMIT $2))sql";

constexpr char kSweepFailures[] = R"sql(
  DELETE FROM sign_in_failures WHERE key_index IN (
    SELECT key_index FROM sign_in_failures WHERE last_at < $1 AND locked_until < $1
    ORDER BY last_at LIMIT $2))sql";

constexpr char kSweepTokens[] = R"sql(
  DELETE FROM refresh_tokens WHERE id IN (
    SELECT id FROM refresh_tokens WHERE expires_at < $1 ORDER BY expires_at LIMIT $2))sql";

// A session's tokens are over before it is, and swept before.
constexpr char kSweepSessions[] = R"sql(
  WITH over AS (
    SELECT id FROM sessions
    WHERE coalesce(ended_at, refresh_expires_at) < $1
    ORDER BY coalesce(ended_at, refresh_expires_at) LIMIT $2
  ), tokens AS (
    DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM over)
  )
  DELETE FROM sessions WHERE id IN (SELECT id FROM over))sql";

constexpr char kSweepRevocations[] = R"sql(
  DELETE FROM revocations WHERE position IN (
    SELECT position FROM revocations WHERE recorded_at < $1 ORDER BY recorded_at LIMIT $2))sql";

// Whoever opens another account is still the person whom a restriction holds for.
constexpr char kSweepMarks[] = R"sql(
  DELETE FROM person_marks WHERE account_id IN (
    SELECT id FROM accounts
    WHERE erased_at < $1 AND EXISTS (SELECT FROM person_marks WHERE account_id = accounts.id)
      AND NOT EXISTS (
        SELECT FROM restrictions
        WHERE account_id IN (SELECT accounts_of_person(accounts.id))
          AND lifted_at IS NULL AND (until IS NULL OR until > $1))
      AND NOT EXISTS (
        SELECT FROM ban_proposals
        WHERE account_id IN (SELECT accounts_of_person(accounts.id)) AND state = 'OPEN')
    ORDER BY erased_at LIMIT $2))sql";

/// A statement and the time before which its rows go.
struct Kind {
  const char* statement;
  absl::Time before;
};

}  // namespace

async::Task<int> PostgresRetentionStore::Sweep(RetentionPolicy policy, absl::Time now, int limit) {
  const std::array<Kind, 6> kinds = {{{kSweepCodes, now - policy.codes},
                                      {kSweepFailures, now - policy.failures},
                                      {kSweepTokens, now - policy.refresh_tokens},
                                      {kSweepSessions, now - policy.sessions},
                                      {kSweepRevocations, now - policy.revocations},
                                      {kSweepMarks, now - policy.marks}}};
  ASSIGN_OR_CO_RETURN(int most,
                      co_await SweepRemovedPassengers(pool_, now - policy.removed, now, limit));
  for (const Kind& kind : kinds) {
    postgres::Parameters parameters;
    parameters.Add(kind.before).Add(limit);
    ASSIGN_OR_CO_RETURN(const postgres::Result swept,
                        co_await pool_.Query(kind.statement, std::move(parameters)));
    most = std::max(most, static_cast<int>(swept.affected()));
  }
  co_return most;
}

}  // namespace houbu::account
