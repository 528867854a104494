/// How PostgreSQL's failures look to a store: SQLSTATE decides.
///
/// | SQLSTATE | status |
/// |---|---|
/// | 40001, 40P01, 55P03: lost a race, deadlock, lock not free | ABORTED |
/// | 26000: a prepared statement was forgotten; prepared anew next time | ABORTED |
/// | 23xxx: a constraint said no | ALREADY_EXISTS, ConstraintOf() names it |
/// | 08xxx, 53xxx, 57xxx, 58xxx, 25006, no connection | UNAVAILABLE |
/// | everything else | INTERNAL: our bug |
///
/// Messages carry the server's primary message and SQLSTATE, never its detail: that quotes values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "libs/base/refusal.h"

struct pg_result;

namespace houbu::postgres {

/// There is no connection, none came free in time, or it broke in the middle.
inline constexpr Refusal kUnavailable{absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE",
                                      "The database cannot be reached."};

/// The connection was lost during COMMIT: the effect is there or not. The caller repeats the
/// request with its request_id and is told.
inline constexpr Refusal kCommitOutcomeUnknown{absl::StatusCode::kUnavailable,
                                               "COMMIT_OUTCOME_UNKNOWN",
                                               "The connection was lost during commit."};

/// The same request_id came with other content.
inline constexpr Refusal kRequestIdReused{absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
                                          "The request_id was used for another request."};

/// A request with the same request_id committed first; try again and replay its answer.
inline constexpr Refusal kRequestRaced{absl::StatusCode::kAborted, "REQUEST_RACED",
                                       "The same request is being answered."};

/// Returns the name of the constraint that refused, "" when no constraint did. Stores map it to
/// the Refusal it stands for. Borrows nothing.
std::string ConstraintOf(const absl::Status& status);

/// Returns the five characters of the SQLSTATE, "" when the failure did not come from the server.
std::string SqlStateOf(const absl::Status& status);

/// Tells whether the failure was that the server no longer knows a prepared statement, or that what
/// it gives has changed since (a migration): said again it is prepared anew.
bool IsLostStatement(const absl::Status& status);

/// Returns the failure the server reported in `result`.
absl::Status StatusOf(const pg_result* result);

/// Returns kUnavailable with the cause appended to its message: for logs.
absl::Status UnavailableBecause(absl::string_view cause);

}  // namespace houbu::postgres
