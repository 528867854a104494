#include "libs/postgres/migrations.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/refusal.h"

namespace houbu::postgres {
namespace {

/// An applied migration is not the program's any more.
constexpr Refusal kMigrationAltered{absl::StatusCode::kFailedPrecondition, "MIGRATION_ALTERED",
                                    "An applied migration was altered."};

/// The advisory lock's number: "houbu" in ASCII. Locks are per database.
constexpr char kLock[] = "SELECT pg_advisory_xact_lock(x'686f756275'::bigint)";

constexpr char kBook[] = R"sql(
  CREATE TABLE IF NOT EXISTS schema_migrations (
    space text NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (space, version)))sql";

constexpr char kFind[] = R"sql(
  SELECT name = $3 AND checksum = encode(sha256(convert_to($4, 'UTF8')), 'hex') AS unaltered
  FROM schema_migrations WHERE space = $1 AND version = $2)sql";

constexpr char kRecord[] = R"sql(
  INSERT INTO schema_migrations (space, version, name, checksum)
  VALUES ($1, $2, $3, encode(sha256(convert_to($4, 'UTF8')), 'hex')))sql";

/// Migrations may rewrite tables, and wait for another program's.
constexpr absl::Duration kPatience = absl::Minutes(10);

constexpr char kCommonTables[] = R"sql(
CREATE TABLE outbox (
  id text PRIMARY KEY,
  seq bigserial NOT NULL,
  aggregate text NOT NULL,
  target text NOT NULL,
  method text NOT NULL,
  payload bytea NOT NULL,
  traceparent text NOT NULL DEFAULT '',
  due_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  refusals integer NOT NULL DEFAULT 0,
  lease_until timestamptz,
  parked_at timestamptz,
  last_error text,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX outbox_order ON outbox (aggregate, seq);
CREATE INDEX outbox_due ON outbox (due_at, seq);
COMMENT ON TABLE outbox IS 'gRPC calls that must happen; deleted when answered.';
COMMENT ON COLUMN outbox.attempts IS 'Calls begun; also the fencing count of the lease.';
COMMENT ON COLUMN outbox.refusals IS 'Answers that were no outage; enough of them park the row.';

CREATE TABLE request_answers (
  caller text NOT NULL,
  method text NOT NULL,
  request_id text NOT NULL,
  fingerprint text NOT NULL,
  answer bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (caller, method, request_id)
);
COMMENT ON TABLE request_answers IS 'What repeated requests are answered with.';
)sql";

constexpr Migration kCommon[] = {{1, "0001_outbox_and_request_answers", kCommonTables}};

/// Names a migration in a failure.
absl::Status WithName(const absl::Status& status, absl::string_view space,
                      const Migration& migration) {
  absl::Status named(status.code(), absl::StrCat("Migration ", space, "/", migration.name, ": ",
                                                 status.message()));
  status.ForEachPayload([&named](absl::string_view type, const absl::Cord& payload) {
    named.SetPayload(type, payload);
  });
  return named;
}

Parameters ParametersOf(const std::string& space, const Migration& migration) {
  return Parameters().Add(space).Add(migration.version).Add(migration.name).Add(migration.sql);
}

/// Applies one migration unless it was.
Task<void> Apply(Transaction& transaction, std::string space, Migration migration) {
  ASSIGN_OR_CO_RETURN(const Result found,
                      co_await transaction.Execute(kFind, ParametersOf(space, migration)));
  if (!found.empty()) {
    co_return found.row(0).Bool("unaltered") ? absl::OkStatus() : Refuse(kMigrationAltered);
  }
  CO_RETURN_IF_ERROR(co_await transaction.ExecuteScript(std::string(migration.sql)));
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kRecord, ParametersOf(space, migration)));
  co_return absl::OkStatus();
}

/// Applies those of one space that are missing.
Task<void> ApplyAll(Transaction& transaction, std::string space,
                    absl::Span<const Migration> migrations) {
  int last = 0;
  for (const Migration& migration : migrations) {
    if (migration.version <= last) {
      co_return WithName(absl::InvalidArgumentError("Versions must ascend."), space, migration);
    }
    last = migration.version;
    const absl::Status applied = co_await Apply(transaction, space, migration);
    if (!applied.ok()) {
      co_return WithName(applied, space, migration);
    }
  }
  co_return absl::OkStatus();
}

}  // namespace

constinit const absl::Span<const Migration> kCommonMigrations(kCommon);

Task<void> Migrate(Pool& pool, absl::Span<const Migration> migrations) {
  ASSIGN_OR_CO_RETURN(Transaction transaction, co_await pool.Begin());
  CO_RETURN_IF_ERROR(co_await transaction.SetStatementTimeout(kPatience));
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kLock));
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kBook));
  CO_RETURN_IF_ERROR(co_await ApplyAll(transaction, "common", kCommonMigrations));
  CO_RETURN_IF_ERROR(co_await ApplyAll(transaction, "service", migrations));
  co_return co_await transaction.Commit();
}

}  // namespace houbu::postgres
