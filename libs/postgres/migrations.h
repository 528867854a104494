/// Brings a database's tables to what the program needs.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

#include "libs/async/task.h"
#include "libs/postgres/pool.h"

namespace houbu::postgres {

/// One step of a schema; never changed once it was applied anywhere.
struct Migration {
  int version;             ///< Ascending from 1.
  absl::string_view name;  ///< Of its file: "0001_bookings".
  absl::string_view sql;   ///< Several statements; runs inside a transaction.
};

/// The tables every service has: `outbox` and `request_answers`.
extern const absl::Span<const Migration> kCommonMigrations;

/// Applies kCommonMigrations (space "common"), then `migrations` (space "service"), those that are
/// missing, in one transaction under an advisory lock: of two programs starting together one waits
/// and finds the work done. `migrations` must outlive the call; versions ascend.
///
/// Table schema_migrations records (space, version, name, checksum). FAILED_PRECONDITION with
/// reason MIGRATION_ALTERED when an applied one differs from the program's. Versions the program
/// does not know are left alone: a newer program was here.
Task<void> Migrate(Pool& pool, absl::Span<const Migration> migrations);

}  // namespace houbu::postgres
