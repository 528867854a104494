#include "libs/postgres/errors.h"

#include <libpq-fe.h>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"

namespace houbu::postgres {
namespace {

constexpr char kConstraintPayload[] = "houbu.postgres/constraint";
constexpr char kSqlStatePayload[] = "houbu.postgres/sqlstate";

std::string PayloadOf(const absl::Status& status, absl::string_view name) {
  const absl::optional<absl::Cord> payload = status.GetPayload(name);
  return payload.has_value() ? std::string(*payload) : std::string();
}

std::string FieldOf(const pg_result* result, int field) {
  const char* const text = PQresultErrorField(result, field);
  return text == nullptr ? std::string() : std::string(text);
}

/// "cached plan must not change result type": the state says less than the text.
bool IsOutdatedPlan(absl::string_view state, absl::string_view message) {
  return state == "0A000" && absl::StrContains(message, "cached plan");
}

absl::StatusCode CodeOf(absl::string_view state, absl::string_view message) {
  if (state == "40001" || state == "40P01" || state == "55P03" || state == "26000" ||
      IsOutdatedPlan(state, message)) {
    return absl::StatusCode::kAborted;
  }
  if (absl::StartsWith(state, "23")) {
    return absl::StatusCode::kAlreadyExists;
  }
  for (const char* const away : {"08", "53", "57", "58", "25006"}) {
    if (absl::StartsWith(state, away)) {
      return absl::StatusCode::kUnavailable;
    }
  }
  // libpq's own results, of a connection that broke, have no state.
  return state.empty() ? absl::StatusCode::kUnavailable : absl::StatusCode::kInternal;
}

}  // namespace

std::string ConstraintOf(const absl::Status& status) {
  return PayloadOf(status, kConstraintPayload);
}

std::string SqlStateOf(const absl::Status& status) { return PayloadOf(status, kSqlStatePayload); }

bool IsLostStatement(const absl::Status& status) {
  const std::string state = SqlStateOf(status);
  return state == "26000" || IsOutdatedPlan(state, status.message());
}

absl::Status StatusOf(const pg_result* result) {
  const std::string state = FieldOf(result, PG_DIAG_SQLSTATE);
  std::string primary = FieldOf(result, PG_DIAG_MESSAGE_PRIMARY);
  if (primary.empty()) {
    primary = std::string(absl::StripAsciiWhitespace(PQresultErrorMessage(result)));
  }
  const absl::StatusCode code = CodeOf(state, primary);
  const std::string message = state.empty() ? primary : absl::StrCat(primary, " (", state, ")");
  absl::Status status = code == absl::StatusCode::kUnavailable ? UnavailableBecause(message)
                                                               : absl::Status(code, message);
  if (!state.empty()) {
    status.SetPayload(kSqlStatePayload, absl::Cord(state));
  }
  const std::string constraint = FieldOf(result, PG_DIAG_CONSTRAINT_NAME);
  if (!constraint.empty()) {
    status.SetPayload(kConstraintPayload, absl::Cord(constraint));
  }
  return status;
}

absl::Status UnavailableBecause(absl::string_view cause) {
  return StatusWithReason(kUnavailable.code, kUnavailable.reason,
                          absl::StrCat(kUnavailable.message, " ", cause));
}

}  // namespace houbu::postgres
