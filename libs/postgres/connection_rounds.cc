// Rounds: several statements sent at once, in libpq's pipeline mode with one Sync at their end.
#include <libpq-fe.h>

#include <functional>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/status_macros.h"
#include "libs/postgres/connection.h"
#include "libs/postgres/connection_watch.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/pipeline.h"
#include "libs/postgres/wire_parameters.h"

namespace houbu::postgres {

namespace asio = boost::asio;

namespace {

/// Statements kept prepared on a connection; there are not that many in our programs.
constexpr std::size_t kPreparedMax = 256;

/// Texts remembered to tell which are said again; more are made up for the occasion.
constexpr std::size_t kSeenMax = 1024;

constexpr char kStatementPayload[] = "houbu.postgres/statement";

/// Names nobody else gives, also behind a pooler that lends one session to many clients.
std::string NewPrefix() {
  thread_local absl::BitGen random;
  return absl::StrCat("h", absl::Hex(absl::Uniform<std::uint64_t>(random)), "_");
}

}  // namespace

std::optional<int> FailedStatementOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kStatementPayload);
  int index = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &index)) {
    return std::nullopt;
  }
  return index;
}

void SetFailedStatement(absl::Status& status, std::optional<int> index) {
  status.ErasePayload(kStatementPayload);
  if (index.has_value()) {
    status.SetPayload(kStatementPayload, absl::Cord(absl::StrCat(*index)));
  }
}

Task<std::vector<Result>> Connection::ExecuteAll(Statements statements) {
  if (statements->empty()) {
    co_return std::vector<Result>();
  }
  if (busy_ || broken()) {
    co_return Broken("The connection is not usable.");
  }
  for (const Statement& statement : *statements) {
    if (!statement.params.sendable()) {
      co_return absl::InvalidArgumentError("A text has a NUL byte.");
    }
  }
  if (PQenterPipelineMode(connection_) == 0) {
    co_return Broken(PQerrorMessage(connection_));
  }
  busy_ = true;
  in_round_ = true;
  round_ = Round();
  round_.results.resize(statements->size());
  for (std::size_t i = 0; i < statements->size(); ++i) {
    if (!Send((*statements)[i], static_cast<int>(i))) {
      co_return Broken(PQerrorMessage(connection_));
    }
  }
  if (PQpipelineSync(connection_) == 0) {
    co_return Broken(PQerrorMessage(connection_));
  }
  CO_RETURN_IF_ERROR(co_await FinishRound());
  if (!round_.failure.ok()) {
    co_return round_.failure;
  }
  co_return std::move(round_.results);
}

bool Connection::IsWorthPreparing(const std::string& sql, const Parameters& params) {
  if (params.size() == 0) return false;
  if (prepared_.count(sql) != 0) return true;
  if (seen_.size() >= kSeenMax) seen_.clear();
  return !seen_.insert(std::hash<std::string>()(sql)).second;
}

Task<Result> Connection::ExecutePrepared(std::string sql, Parameters params) {
  std::vector<Statement> one(1);
  one[0].sql = std::move(sql);
  one[0].params = std::move(params);
  const auto round = std::make_shared<const std::vector<Statement>>(std::move(one));
  const bool alone = !in_transaction();
  auto results = co_await ExecuteAll(round);
  if (alone && IsLostStatement(results.status()) && !broken()) {
    // Nothing of it was kept.
    results = co_await ExecuteAll(round);
  }
  CO_RETURN_IF_ERROR(results);
  co_return std::move(results->front());
}

bool Connection::Send(const Statement& statement, int index) {
  const WireParameters wire(statement.params);
  const auto found = prepared_.find(statement.sql);
  if (found == prepared_.end() && prepared_.size() >= kPreparedMax) {
    round_.owed.push_back(Owed{index, false, ""});
    return PQsendQueryParams(connection_, statement.sql.c_str(), wire.count(), nullptr,
                             wire.values(), wire.lengths(), wire.formats(), 0) != 0;
  }
  if (found != prepared_.end()) {
    round_.owed.push_back(Owed{index, false, ""});
    return PQsendQueryPrepared(connection_, found->second.c_str(), wire.count(), wire.values(),
                               wire.lengths(), wire.formats(), 0) != 0;
  }
  if (name_prefix_.empty()) {
    name_prefix_ = NewPrefix();
  }
  const std::string name = absl::StrCat(name_prefix_, ++names_given_);
  prepared_.emplace(statement.sql, name);
  round_.owed.push_back(Owed{index, true, statement.sql});
  round_.owed.push_back(Owed{index, false, ""});
  return PQsendPrepare(connection_, name.c_str(), statement.sql.c_str(), 0, nullptr) != 0 &&
         PQsendQueryPrepared(connection_, name.c_str(), wire.count(), wire.values(), wire.lengths(),
                             wire.formats(), 0) != 0;
}

Task<void> Connection::FinishRound() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const Watch watch(executor, *this);
  CO_RETURN_IF_ERROR(co_await FlushReading(&watch));
  for (;;) {
    const absl::Status arrived = co_await AwaitInput(&watch);
    if (!arrived.ok()) {
      co_return round_.failure.ok() ? arrived : round_.failure;
    }
    std::shared_ptr<pg_result> next(PQgetResult(connection_), PQclear);
    if (next == nullptr) {
      if (round_.owed.empty()) {
        // Nothing more will come, and no Sync came: the connection is gone.
        co_return round_.failure.ok() ? Broken(PQerrorMessage(connection_)) : round_.failure;
      }
      round_.owed.pop_front();
      continue;
    }
    if (PQresultStatus(next.get()) == PGRES_PIPELINE_SYNC) {
      break;
    }
    Take(std::move(next));
    if (broken_) {
      co_return round_.failure;
    }
  }
  if (PQexitPipelineMode(connection_) == 0) {
    co_return Broken(PQerrorMessage(connection_));
  }
  in_round_ = false;
  busy_ = false;
  co_return absl::OkStatus();
}

void Connection::Take(std::shared_ptr<const pg_result> result) {
  if (round_.owed.empty()) {
    // What a dying server says between two answers.
    round_.failure.Update(StatusOf(result.get()));
    return;
  }
  const Owed& owed = round_.owed.front();
  switch (PQresultStatus(result.get())) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
      if (!owed.prepares) {
        round_.results[static_cast<std::size_t>(owed.statement)] = Result(std::move(result));
      }
      return;
    case PGRES_PIPELINE_ABORTED:
      // Never looked at, because of one before it.
      if (owed.prepares) prepared_.erase(owed.sql);
      return;
    case PGRES_FATAL_ERROR:
    case PGRES_BAD_RESPONSE:
      Fail(owed, StatusOf(result.get()));
      return;
    default:
      // COPY and its like: we never ask for them, and do not know how to end them.
      broken_ = true;
      round_.failure.Update(absl::InternalError("The statement wants another protocol."));
  }
}

void Connection::Fail(const Owed& owed, absl::Status failure) {
  if (owed.prepares) prepared_.erase(owed.sql);
  if (IsLostStatement(failure)) {
    // One is gone, so are the others; new names, as the server may still know some of the old.
    prepared_.clear();
  }
  SetFailedStatement(failure, owed.statement);
  round_.failure.Update(failure);
}

// The server may be unable to take more of a round before its first answers are read.
Task<void> Connection::FlushReading(const Watch* watch) {
  for (;;) {
    const int left = PQflush(connection_);
    if (left == 0) {
      co_return absl::OkStatus();
    }
    if (left < 0) {
      co_return Broken(PQerrorMessage(connection_));
    }
    CO_RETURN_IF_ERROR(co_await AwaitEither(watch));
    if (PQconsumeInput(connection_) == 0) {
      co_return Broken(PQerrorMessage(connection_));
    }
  }
}

Task<void> Connection::AwaitEither(const Watch* watch) {
  if (!socket_->is_open()) {
    co_return Broken("There is no socket.");
  }
  auto readable = socket_->async_wait(asio::posix::descriptor_base::wait_read, asio::deferred);
  auto writable = socket_->async_wait(asio::posix::descriptor_base::wait_write, asio::deferred);
  auto either = asio::experimental::make_parallel_group(std::move(readable), std::move(writable));
  const asio::experimental::wait_for_one condition;
  const auto [order, read, written] = co_await either.async_wait(condition, asio::use_awaitable);
  const boost::system::error_code first = order[0] == 0 ? read : written;
  co_return AfterWait(watch, first);
}

}  // namespace houbu::postgres
