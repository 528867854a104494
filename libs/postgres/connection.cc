#include "libs/postgres/connection.h"

#include <libpq-fe.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/status_macros.h"
#include "libs/postgres/connect_settings.h"
#include "libs/postgres/connection_watch.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/wire_parameters.h"

namespace houbu::postgres {

namespace asio = boost::asio;

Connection::Connection(asio::any_io_executor executor, pg_conn* connection)
    : socket_(std::make_shared<asio::posix::stream_descriptor>(std::move(executor))),
      connection_(connection) {}

Connection::~Connection() {
  Detach();
  PQfinish(connection_);
}

void Connection::Attach() {
  Detach();
  const int socket = PQsocket(connection_);
  if (socket >= 0) {
    boost::system::error_code error;
    socket_->assign(socket, error);
  }
}

void Connection::Detach() {
  // The socket is libpq's to close; release() only takes it out of the reactor.
  if (socket_->is_open()) {
    socket_->release();
  }
}

absl::Status Connection::Broken(absl::string_view what) {
  broken_ = true;
  return UnavailableBecause(absl::StripAsciiWhitespace(what));
}

bool Connection::broken() const { return broken_ || PQstatus(connection_) != CONNECTION_OK; }

bool Connection::in_transaction() const { return PQtransactionStatus(connection_) != PQTRANS_IDLE; }

bool Connection::transaction_failed() const {
  return PQtransactionStatus(connection_) == PQTRANS_INERROR;
}

bool Connection::StillAlive() {
  for (int round = 0; round < 2; ++round) {
    if (busy_ || broken()) {
      return false;
    }
    char byte = 0;
    const ssize_t peeked = recv(PQsocket(connection_), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (peeked < 0) {
      return errno == EAGAIN || errno == EWOULDBLOCK;
    }
    if (peeked == 0) {
      return false;
    }
    // A notice, a TLS ticket, or the server's last words: let libpq read it, then look again.
    if (PQconsumeInput(connection_) == 0) {
      return false;
    }
    PQisBusy(connection_);
  }
  return false;
}

Task<std::unique_ptr<Connection>> Connection::Open(asio::any_io_executor executor,
                                                   PoolOptions options) {
  ASSIGN_OR_CO_RETURN(ConnectSettings settings, ConnectSettings::Of(options));
  CO_RETURN_IF_ERROR(co_await settings.Resolve(executor));
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  settings.List(keywords, values);
  pg_conn* const raw = PQconnectStartParams(keywords.data(), values.data(), 0);
  if (raw == nullptr) {
    co_return UnavailableBecause("out of memory");
  }
  std::unique_ptr<Connection> connection(new Connection(executor, raw));
  connection->patience_ = options.connect_timeout;
  CO_RETURN_IF_ERROR(co_await connection->Handshake());
  connection->patience_ = options.statement_timeout + kPatienceMargin;
  co_return connection;
}

Task<void> Connection::Handshake() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const Watch watch(executor, *this);
  if (PQstatus(connection_) == CONNECTION_BAD) {
    co_return Broken(PQerrorMessage(connection_));
  }
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
  Direction direction = Direction::kWrite;
  for (;;) {
    // libpq may go on with another socket: the next address, or again without TLS.
    Attach();
    CO_RETURN_IF_ERROR(co_await Await(direction, &watch));
    const PostgresPollingStatusType next = PQconnectPoll(connection_);
    if (next == PGRES_POLLING_FAILED) {
      co_return Broken(PQerrorMessage(connection_));
    }
    if (next == PGRES_POLLING_OK) {
      break;
    }
    direction = next == PGRES_POLLING_READING ? Direction::kRead : Direction::kWrite;
  }
  Attach();
  if (PQsetnonblocking(connection_, 1) != 0) {
    co_return Broken(PQerrorMessage(connection_));
  }
  co_return absl::OkStatus();
}

Task<Result> Connection::Execute(std::string sql, Parameters params) {
  if (busy_ || broken()) {
    co_return Broken("The connection is not usable.");
  }
  if (!params.sendable()) {
    co_return absl::InvalidArgumentError("A text has a NUL byte.");
  }
  if (IsWorthPreparing(sql, params)) {
    co_return co_await ExecutePrepared(std::move(sql), std::move(params));
  }
  const WireParameters wire(params);
  busy_ = true;
  if (PQsendQueryParams(connection_, sql.c_str(), wire.count(), nullptr, wire.values(),
                        wire.lengths(), wire.formats(), 0) == 0) {
    co_return Broken(PQerrorMessage(connection_));
  }
  co_return co_await Finish();
}

Task<Result> Connection::ExecuteScript(std::string sql) {
  if (busy_ || broken()) {
    co_return Broken("The connection is not usable.");
  }
  busy_ = true;
  if (PQsendQuery(connection_, sql.c_str()) == 0) {
    co_return Broken(PQerrorMessage(connection_));
  }
  co_return co_await Finish();
}

Task<Result> Connection::Finish() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const Watch watch(executor, *this);
  CO_RETURN_IF_ERROR(co_await Flush(&watch));
  std::shared_ptr<const pg_result> last;
  absl::Status failure;
  for (;;) {
    const absl::Status arrived = co_await AwaitInput(&watch);
    if (!arrived.ok()) {
      co_return failure.ok() ? arrived : failure;
    }
    std::shared_ptr<pg_result> next(PQgetResult(connection_), PQclear);
    if (next == nullptr) {
      break;
    }
    const ExecStatusType status = PQresultStatus(next.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) {
      last = std::move(next);
    } else if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
      failure.Update(StatusOf(next.get()));
    } else {
      // COPY and its like: we never ask for them, and do not know how to end them.
      broken_ = true;
      co_return absl::InternalError("The statement wants another protocol.");
    }
  }
  busy_ = false;
  if (!failure.ok()) {
    co_return failure;
  }
  co_return Result(std::move(last));
}

Task<void> Connection::Drain() {
  if (in_round_) {
    const auto ignored = co_await FinishRound();
  } else if (busy_) {
    const auto ignored = co_await Finish();
  }
  if (busy_ || broken()) {
    co_return Broken("The connection broke.");
  }
  if (in_transaction()) {
    const auto rolled_back = co_await Execute("ROLLBACK", Parameters());
    co_return rolled_back.status();
  }
  co_return absl::OkStatus();
}

Task<void> Connection::Flush(const Watch* watch) {
  for (;;) {
    const int left = PQflush(connection_);
    if (left == 0) {
      co_return absl::OkStatus();
    }
    if (left < 0) {
      co_return Broken(PQerrorMessage(connection_));
    }
    CO_RETURN_IF_ERROR(co_await Await(Direction::kWrite, watch));
  }
}

Task<void> Connection::AwaitInput(const Watch* watch) {
  while (PQisBusy(connection_) != 0) {
    CO_RETURN_IF_ERROR(co_await Await(Direction::kRead, watch));
    if (PQconsumeInput(connection_) == 0) {
      co_return Broken(PQerrorMessage(connection_));
    }
  }
  co_return absl::OkStatus();
}

Task<void> Connection::Await(Direction direction, const Watch* watch) {
  if (!socket_->is_open()) {
    co_return Broken("There is no socket.");
  }
  const auto readiness = direction == Direction::kRead ? asio::posix::descriptor_base::wait_read
                                                       : asio::posix::descriptor_base::wait_write;
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await socket_->async_wait(readiness, token);
  co_return AfterWait(watch, error);
}

absl::Status Connection::AfterWait(const Watch* watch, const boost::system::error_code& error) {
  if (watch->fired()) {
    return Broken("The server did not answer in time.");
  }
  if (error == asio::error::operation_aborted) {
    return absl::CancelledError("The caller was cancelled.");
  }
  return error ? Broken(error.message()) : absl::OkStatus();
}

}  // namespace houbu::postgres
