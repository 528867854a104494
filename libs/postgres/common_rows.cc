#include "libs/postgres/common_rows.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/postgres/errors.h"

namespace houbu::postgres {
namespace {

// In the order of keys: two batches that share some wait for each other in one direction only.
constexpr char kAddAnswers[] = R"sql(
  WITH given AS (
    SELECT a.caller, a.method, a.request_id, a.fingerprint, a.answer, a.position
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[]) WITH ORDINALITY
         AS a(caller, method, request_id, fingerprint, answer, position)),
  stored AS (
    INSERT INTO request_answers (caller, method, request_id, fingerprint, answer, created_at)
    SELECT caller, method, request_id, fingerprint, answer, $6
    FROM given ORDER BY caller, method, request_id, position
    ON CONFLICT (caller, method, request_id) DO NOTHING
    RETURNING caller, method, request_id)
  SELECT min(g.position) - 1 AS position
  FROM given AS g JOIN stored USING (caller, method, request_id)
  GROUP BY caller, method, request_id)sql";

constexpr char kFindAnswers[] = R"sql(
  SELECT asked.position - 1 AS position, a.fingerprint, a.answer
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY
       AS asked(caller, method, request_id, position)
  JOIN request_answers AS a USING (caller, method, request_id))sql";

// In the order given: seq is their order.
constexpr char kAddCalls[] = R"sql(
  INSERT INTO outbox (id, aggregate, target, method, payload, traceparent, due_at, created_at)
  SELECT c.id, c.aggregate, c.target, c.method, c.payload, c.traceparent, c.due_at, c.due_at
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[],
              $7::timestamptz[]) WITH ORDINALITY
       AS c(id, aggregate, target, method, payload, traceparent, due_at, position)
  ORDER BY c.position)sql";

/// Keys as columns.
struct KeyColumns {
  std::vector<std::string> callers, methods, requests;

  void Add(const RequestKey& key) {
    callers.push_back(key.caller);
    methods.push_back(key.method);
    requests.push_back(key.request_id);
  }
};

}  // namespace

int AddAnswers(Pipeline& pipeline, const std::vector<RequestAnswer>& answers, absl::Time now) {
  KeyColumns keys;
  std::vector<std::string> fingerprints, texts;
  for (const RequestAnswer& answer : answers) {
    keys.Add(answer.key);
    fingerprints.push_back(answer.key.fingerprint);
    texts.push_back(answer.answer);
  }
  Parameters params;
  params.AddTextArray(keys.callers).AddTextArray(keys.methods).AddTextArray(keys.requests);
  params.AddTextArray(fingerprints).AddBytesArray(texts).Add(now);
  return pipeline.Add(kAddAnswers, std::move(params));
}

std::vector<bool> StoredAnswersIn(const Result& result, std::size_t count) {
  std::vector<bool> stored(count, false);
  for (int i = 0; i < result.rows(); ++i) {
    stored.at(static_cast<std::size_t>(result.row(i).Int64("position"))) = true;
  }
  return stored;
}

Task<std::vector<absl::StatusOr<std::optional<std::string>>>> FindAnswers(
    Pool& pool, std::vector<RequestKey> keys) {
  KeyColumns columns;
  for (const RequestKey& key : keys) columns.Add(key);
  Parameters params;
  params.AddTextArray(columns.callers).AddTextArray(columns.methods);
  params.AddTextArray(columns.requests);
  ASSIGN_OR_CO_RETURN(const Result result, co_await pool.Query(kFindAnswers, std::move(params)));
  std::vector<absl::StatusOr<std::optional<std::string>>> answers(
      keys.size(), absl::StatusOr<std::optional<std::string>>(std::nullopt));
  for (int i = 0; i < result.rows(); ++i) {
    const Row row = result.row(i);
    const auto position = static_cast<std::size_t>(row.Int64("position"));
    if (row.Text("fingerprint") == keys.at(position).fingerprint) {
      answers[position] = std::make_optional(row.Bytes("answer"));
    } else {
      answers[position] = Refuse(kRequestIdReused);
    }
  }
  co_return answers;
}

void AddCalls(Pipeline& pipeline, absl::Span<const OutboxCall> calls) {
  std::vector<std::string> ids, aggregates, targets, methods, payloads, traceparents;
  std::vector<absl::Time> due;
  for (const OutboxCall& call : calls) {
    ids.push_back(call.id);
    aggregates.push_back(call.aggregate);
    targets.push_back(call.target);
    methods.push_back(call.method);
    payloads.push_back(call.payload);
    traceparents.push_back(call.traceparent);
    due.push_back(call.due_at);
  }
  Parameters params;
  params.AddTextArray(ids).AddTextArray(aggregates).AddTextArray(targets).AddTextArray(methods);
  params.AddBytesArray(payloads).AddTextArray(traceparents).AddTimeArray(due);
  pipeline.Add(kAddCalls, std::move(params));
}

}  // namespace houbu::postgres
