#include "libs/postgres/unit_of_work.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/postgres/errors.h"

namespace houbu::postgres {
namespace {

constexpr char kFindAnswer[] = R"sql(
  SELECT fingerprint, answer FROM request_answers
  WHERE caller = $1 AND method = $2 AND request_id = $3)sql";

constexpr char kStoreAnswer[] = R"sql(
  INSERT INTO request_answers (caller, method, request_id, fingerprint, answer, created_at)
  VALUES ($1, $2, $3, $4, $5, $6))sql";

// created_at is the instant the call was first due: what its age is reckoned from, on the same
// clock as everything else here.
constexpr char kEnqueue[] = R"sql(
  INSERT INTO outbox (id, aggregate, target, method, payload, traceparent, due_at, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $7))sql";

Parameters ParametersOf(const RequestKey& key) {
  return Parameters().Add(key.caller).Add(key.method).Add(key.request_id);
}

/// Reads what kFindAnswer gave.
absl::StatusOr<std::optional<std::string>> AnswerIn(const Result& result, const RequestKey& key) {
  if (result.empty()) {
    return std::optional<std::string>();
  }
  const Row row = result.row(0);
  if (row.Text("fingerprint") != key.fingerprint) {
    return Refuse(kRequestIdReused);
  }
  return std::make_optional(row.Bytes("answer"));
}

}  // namespace

Task<std::optional<std::string>> FindAnswer(Pool& pool, RequestKey key) {
  ASSIGN_OR_CO_RETURN(const Result result, co_await pool.Query(kFindAnswer, ParametersOf(key)));
  co_return AnswerIn(result, key);
}

Task<UnitOfWork> UnitOfWork::Begin(Pool& pool, std::optional<RequestKey> key) {
  UnitOfWork work;
  work.pool_ = &pool;
  ASSIGN_OR_CO_RETURN(work.transaction_, co_await pool.Begin());
  if (key.has_value()) {
    ASSIGN_OR_CO_RETURN(const Result result,
                        co_await work.transaction_.Execute(kFindAnswer, ParametersOf(*key)));
    ASSIGN_OR_CO_RETURN(work.answer_, AnswerIn(result, *key));
    work.key_ = std::move(key);
  }
  co_return work;
}

Task<void> UnitOfWork::Enqueue(OutboxCall call) {
  Parameters params;
  params.Add(call.id).Add(call.aggregate).Add(call.target).Add(call.method);
  params.AddBytes(call.payload).Add(call.traceparent).Add(call.due_at);
  CO_RETURN_IF_ERROR(co_await transaction_.Execute(kEnqueue, std::move(params)));
  enqueued_ = true;
  co_return absl::OkStatus();
}

Task<void> UnitOfWork::Commit(std::string answer, absl::Time now) {
  if (answer_.has_value()) {
    co_return absl::FailedPreconditionError("The request is answered already.");
  }
  if (key_.has_value()) {
    Parameters params = ParametersOf(*key_);
    params.Add(key_->fingerprint).AddBytes(answer).Add(now);
    const auto stored = co_await transaction_.Execute(kStoreAnswer, std::move(params));
    if (ConstraintOf(stored.status()) == "request_answers_pkey") {
      co_return Refuse(kRequestRaced);
    }
    CO_RETURN_IF_ERROR(stored);
  }
  CO_RETURN_IF_ERROR(co_await transaction_.Commit());
  if (enqueued_) {
    pool_->NotifyEnqueued();
  }
  co_return absl::OkStatus();
}

}  // namespace houbu::postgres
