#include "libs/postgres/pool_core.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/status_macros.h"
#include "libs/postgres/errors.h"

namespace houbu::postgres {

namespace asio = boost::asio;

PoolCore::PoolCore(asio::any_io_executor executor, PoolOptions options)
    : executor_(executor), strand_(asio::make_strand(executor)), options_(std::move(options)) {}

// A cancellation does not follow onto the strand: Asio 1.81 posts it there, and where the coroutine
// ends before it comes it is told to what is gone. A cancelled caller waits for its turn at most
// acquire_timeout and gives the connection back at its next step.
Task<Lease> PoolCore::Acquire() {
  auto acquiring = AcquireOnStrand(shared_from_this());
  const asio::cancellation_slot none;
  auto token = asio::bind_cancellation_slot(none, asio::use_awaitable);
  co_return co_await asio::co_spawn(strand_, std::move(acquiring), token);
}

Task<Lease> PoolCore::AcquireOnStrand(std::shared_ptr<PoolCore> self) {
  if (self->closed_) {
    co_return UnavailableBecause("The pool is closed.");
  }
  while (!self->idle_.empty()) {
    std::unique_ptr<Connection> connection = std::move(self->idle_.back());
    self->idle_.pop_back();
    if (connection->StillAlive()) {
      co_return Lease(self, std::move(connection));
    }
    --self->open_;
  }
  if (self->open_ < self->options_.size) {
    ++self->open_;
    Slot slot(self);
    co_return co_await OpenOne(self, std::move(slot));
  }
  co_return co_await WaitInLine(self);
}

Task<Lease> PoolCore::WaitInLine(std::shared_ptr<PoolCore> self) {
  const auto waiter = std::make_shared<Waiter>(self->executor_);
  waiter->timer.expires_after(absl::ToChronoNanoseconds(self->options_.acquire_timeout));
  self->waiters_.push_back(waiter);
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await waiter->timer.async_wait(token);
  if (waiter->connection != nullptr) {
    co_return Lease(self, std::move(waiter->connection));
  }
  if (waiter->may_open) {
    Slot slot(self);
    co_return co_await OpenOne(self, std::move(slot));
  }
  auto& waiters = self->waiters_;
  waiters.erase(std::remove(waiters.begin(), waiters.end(), waiter), waiters.end());
  if (self->closed_) {
    co_return UnavailableBecause("The pool is closed.");
  }
  co_return UnavailableBecause("No connection came free in time.");
}

Task<Lease> PoolCore::OpenOne(std::shared_ptr<PoolCore> self, Slot slot) {
  ASSIGN_OR_CO_RETURN(std::unique_ptr<Connection> connection,
                      co_await Connection::Open(self->executor_, self->options_));
  slot.Keep();
  co_return Lease(self, std::move(connection));
}

void PoolCore::Return(std::unique_ptr<Connection> connection) {
  asio::dispatch(strand_,
                 [self = shared_from_this(), connection = std::move(connection)]() mutable {
                   self->TakeBack(std::move(connection));
                 });
}

void PoolCore::TakeBack(std::unique_ptr<Connection> connection) {
  if (closed_ || connection->broken()) {
    Drop(std::move(connection));
  } else if (connection->busy() || connection->in_transaction()) {
    // The only work here that nobody waits for: bounded by the connection's patience, and it owns
    // what it uses.
    asio::co_spawn(strand_, CleanUp(shared_from_this(), std::move(connection)),
                   [](const std::exception_ptr&, const absl::Status&) {});
  } else {
    Offer(std::move(connection));
  }
}

Task<void> PoolCore::CleanUp(std::shared_ptr<PoolCore> self,
                             std::unique_ptr<Connection> connection) {
  const absl::Status drained = co_await connection->Drain();
  if (drained.ok() && !self->closed_ && !connection->in_transaction()) {
    self->Offer(std::move(connection));
  } else {
    self->Drop(std::move(connection));
  }
  co_return drained;
}

void PoolCore::Offer(std::unique_ptr<Connection> connection) {
  connection->set_patience(options_.statement_timeout + kPatienceMargin);
  if (waiters_.empty()) {
    idle_.push_back(std::move(connection));
    return;
  }
  const std::shared_ptr<Waiter> first = std::move(waiters_.front());
  waiters_.pop_front();
  first->connection = std::move(connection);
  first->timer.cancel();
}

void PoolCore::Drop(std::unique_ptr<Connection> connection) {
  connection.reset();
  GiveUpSlot();
}

void PoolCore::GiveUpSlot() {
  if (waiters_.empty() || closed_) {
    --open_;
    return;
  }
  const std::shared_ptr<Waiter> first = std::move(waiters_.front());
  waiters_.pop_front();
  first->may_open = true;
  first->timer.cancel();
}

void PoolCore::Close() {
  asio::dispatch(strand_, [self = shared_from_this()] {
    self->closed_ = true;
    self->open_ -= static_cast<int>(self->idle_.size());
    self->idle_.clear();
    for (const std::shared_ptr<Waiter>& waiter : self->waiters_) {
      waiter->timer.cancel();
    }
  });
}

void PoolCore::SetListener(std::function<void()> listener) {
  const std::lock_guard<std::mutex> lock(listener_mutex_);
  listener_ = std::move(listener);
}

void PoolCore::Notify() {
  const std::lock_guard<std::mutex> lock(listener_mutex_);
  if (listener_) {
    listener_();
  }
}

}  // namespace houbu::postgres
