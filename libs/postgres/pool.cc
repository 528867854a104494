#include "libs/postgres/pool.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/status_macros.h"
#include "libs/postgres/connection.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/pipeline.h"
#include "libs/postgres/pool_core.h"

namespace houbu::postgres {

namespace asio = boost::asio;

namespace {

/// Stale connections may all have broken at once, after a restart of the server; BEGIN has done
/// nothing yet, so it is simply said again on the next one.
constexpr int kBeginTries = 3;

absl::Status Over() { return absl::FailedPreconditionError("The transaction is over."); }

Task<void> CommitOn(Lease lease) {
  if (lease->transaction_failed()) {
    // The server would answer COMMIT with a quiet ROLLBACK.
    co_return absl::InternalError("Commit after a failed statement.");
  }
  const auto committed = co_await lease->Execute("COMMIT", Parameters());
  if (!committed.ok() && lease->broken()) {
    co_return Refuse(kCommitOutcomeUnknown);
  }
  co_return committed.status();
}

}  // namespace

const char* BeginOf(Isolation isolation) {
  switch (isolation) {
    case Isolation::kReadCommitted:
      return "BEGIN ISOLATION LEVEL READ COMMITTED";
    case Isolation::kRepeatableRead:
      return "BEGIN ISOLATION LEVEL REPEATABLE READ";
    case Isolation::kSerializable:
      return "BEGIN ISOLATION LEVEL SERIALIZABLE";
  }
  return "BEGIN";
}

Lease::Lease() = default;

Lease::Lease(std::shared_ptr<PoolCore> core, std::unique_ptr<Connection> connection)
    : core_(std::move(core)), connection_(std::move(connection)) {}

Lease::Lease(Lease&& other) noexcept = default;

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    Return();
    core_ = std::move(other.core_);
    connection_ = std::move(other.connection_);
  }
  return *this;
}

Lease::~Lease() { Return(); }

void Lease::Return() {
  if (connection_ != nullptr) {
    core_->Return(std::move(connection_));
  }
  core_.reset();
}

Transaction::Transaction(Lease lease) : lease_(std::move(lease)) {}

Task<Result> Transaction::Execute(std::string sql, Parameters params) {
  if (!open()) {
    co_return Over();
  }
  co_return co_await lease_->Execute(std::move(sql), std::move(params));
}

Task<void> Transaction::ExecuteScript(std::string sql) {
  if (!open()) {
    co_return Over();
  }
  const auto result = co_await lease_->ExecuteScript(std::move(sql));
  co_return result.status();
}

Task<void> Transaction::SetStatementTimeout(absl::Duration timeout) {
  if (!open()) {
    co_return Over();
  }
  std::string sql =
      absl::StrCat("SET LOCAL statement_timeout = ", absl::ToInt64Milliseconds(timeout));
  const auto result = co_await lease_->Execute(std::move(sql), Parameters());
  lease_->set_patience(timeout + kPatienceMargin);
  co_return result.status();
}

Task<void> Transaction::Commit() {
  if (!open()) {
    co_return Over();
  }
  // A coroutine of its own without a cancellation slot: once begun, a commit is waited for.
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto committing = CommitOn(std::move(lease_));
  const asio::cancellation_slot none;
  auto token = asio::bind_cancellation_slot(none, asio::use_awaitable);
  co_return co_await asio::co_spawn(executor, std::move(committing), token);
}

Task<void> Transaction::Rollback() {
  if (!open()) {
    co_return absl::OkStatus();
  }
  Lease lease = std::move(lease_);
  co_return co_await lease->Drain();
}

Pool::Pool(asio::any_io_executor executor, PoolOptions options)
    : core_(std::make_shared<PoolCore>(std::move(executor), std::move(options))) {}

Pool::~Pool() { Close(); }

Task<Transaction> Pool::Begin(Isolation isolation) {
  absl::Status failure;
  for (int tries = 0; tries < kBeginTries; ++tries) {
    ASSIGN_OR_CO_RETURN(Lease lease, co_await core_->Acquire());
    const auto begun = co_await lease->Execute(BeginOf(isolation), Parameters());
    if (begun.ok()) {
      co_return Transaction(std::move(lease));
    }
    failure = begun.status();
    if (!lease->broken()) {
      break;
    }
  }
  co_return failure;
}

Task<Result> Pool::Query(std::string sql, Parameters params) {
  ASSIGN_OR_CO_RETURN(Lease lease, co_await core_->Acquire());
  co_return co_await lease->Execute(std::move(sql), std::move(params));
}

Task<Pipeline> Pool::BeginPipeline(Isolation isolation) {
  ASSIGN_OR_CO_RETURN(Lease lease, co_await core_->Acquire());
  co_return Pipeline(std::move(lease), isolation);
}

Task<std::vector<Result>> Pool::QueryAll(std::vector<Statement> statements) {
  ASSIGN_OR_CO_RETURN(Lease lease, co_await core_->Acquire());
  const auto round = std::make_shared<const std::vector<Statement>>(std::move(statements));
  auto results = co_await lease->ExecuteAll(round);
  if (IsLostStatement(results.status()) && !lease->broken()) {
    // Nothing of it was kept.
    results = co_await lease->ExecuteAll(round);
  }
  co_return results;
}

Task<void> Pool::Ping() {
  const auto answer = co_await Query("SELECT 1");
  co_return answer.status();
}

void Pool::Close() { core_->Close(); }

void Pool::SetEnqueuedListener(std::function<void()> listener) {
  core_->SetListener(std::move(listener));
}

void Pool::NotifyEnqueued() const { core_->Notify(); }

asio::any_io_executor Pool::executor() const { return core_->executor(); }

int Pool::open_connections() const { return core_->open(); }

}  // namespace houbu::postgres
