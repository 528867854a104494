#include "libs/postgres/pipeline.h"

#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/status_macros.h"
#include "libs/postgres/connection.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/pool_core.h"

namespace houbu::postgres {

namespace asio = boost::asio;

namespace {

absl::Status Over() { return absl::FailedPreconditionError("The transaction is over."); }

/// Says a round; the first one once more where the server had forgotten a statement, as it has kept
/// nothing of it.
Task<std::vector<Result>> RunRound(Lease* lease, Statements round, bool first) {
  auto results = co_await (*lease)->ExecuteAll(round);
  if (!first || !IsLostStatement(results.status()) || (*lease)->broken()) {
    co_return results;
  }
  CO_RETURN_IF_ERROR(co_await (*lease)->Drain());
  co_return co_await (*lease)->ExecuteAll(std::move(round));
}

/// Tells whether the server may have committed although no answer says so.
bool MayHaveCommitted(const absl::Status& failure, int commit) {
  const std::optional<int> failed = FailedStatementOf(failure);
  return !failed.has_value() || *failed >= commit;
}

Task<std::vector<Result>> CommitOn(Lease lease, std::vector<Statement> round, bool first) {
  if (lease->broken()) {
    co_return UnavailableBecause("The connection broke before COMMIT.");
  }
  if (lease->transaction_failed()) {
    // The server would answer COMMIT with a quiet ROLLBACK.
    co_return absl::InternalError("Commit after a failed statement.");
  }
  const int commit = static_cast<int>(round.size());
  Statement last;
  last.sql = "COMMIT";
  round.push_back(std::move(last));
  const auto statements = std::make_shared<const std::vector<Statement>>(std::move(round));
  auto results = co_await RunRound(&lease, statements, first);
  if (results.ok()) {
    results->pop_back();
    co_return results;
  }
  if (lease->broken() && MayHaveCommitted(results.status(), commit)) {
    co_return Refuse(kCommitOutcomeUnknown);
  }
  co_return results.status();
}

/// Takes BEGIN out of what the caller sees of the first round.
absl::StatusOr<std::vector<Result>> WithoutBegin(absl::StatusOr<std::vector<Result>> results) {
  if (results.ok()) {
    results->erase(results->begin());
    return results;
  }
  absl::Status failure = results.status();
  const std::optional<int> failed = FailedStatementOf(failure);
  if (failed.has_value()) {
    SetFailedStatement(failure, *failed == 0 ? std::nullopt : std::make_optional(*failed - 1));
  }
  return failure;
}

}  // namespace

Pipeline::Pipeline(Lease lease, Isolation isolation)
    : lease_(std::move(lease)), isolation_(isolation) {}

int Pipeline::Add(std::string sql, Parameters params) {
  added_.push_back(Statement{std::move(sql), std::move(params)});
  return static_cast<int>(added_.size()) - 1;
}

std::vector<Statement> Pipeline::TakeRound() {
  std::vector<Statement> round;
  round.reserve(added_.size() + 2);
  if (!begun_) {
    Statement begin;
    begin.sql = BeginOf(isolation_);
    round.push_back(std::move(begin));
  }
  for (Statement& statement : added_) round.push_back(std::move(statement));
  added_.clear();
  begun_ = true;
  return round;
}

Task<std::vector<Result>> Pipeline::Run() {
  if (!open()) {
    co_return Over();
  }
  if (added_.empty()) {
    co_return std::vector<Result>();
  }
  const bool first = !begun_;
  const auto round = std::make_shared<const std::vector<Statement>>(TakeRound());
  auto results = co_await RunRound(&lease_, round, first);
  co_return first ? WithoutBegin(std::move(results)) : std::move(results);
}

Task<std::vector<Result>> Pipeline::Commit() {
  if (!open()) {
    co_return Over();
  }
  if (!begun_ && added_.empty()) {
    lease_.Return();
    co_return std::vector<Result>();
  }
  const bool first = !begun_;
  // A coroutine of its own without a cancellation slot: once begun, a commit is waited for.
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto committing = CommitOn(std::move(lease_), TakeRound(), first);
  const asio::cancellation_slot none;
  auto token = asio::bind_cancellation_slot(none, asio::use_awaitable);
  auto results = co_await asio::co_spawn(executor, std::move(committing), token);
  co_return first ? WithoutBegin(std::move(results)) : std::move(results);
}

Task<void> Pipeline::Rollback() {
  if (!open()) {
    co_return absl::OkStatus();
  }
  Lease lease = std::move(lease_);
  co_return co_await lease->Drain();
}

}  // namespace houbu::postgres
