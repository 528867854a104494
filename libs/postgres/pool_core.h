/// What a Pool and the leases it gave share; private to libs/postgres.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "libs/async/task.h"
#include "libs/postgres/connection.h"
#include "libs/postgres/pool.h"

namespace houbu::postgres {

/// How a transaction begins.
const char* BeginOf(Isolation isolation);

/// The connections and who waits for them. Everything but the public members runs on the strand.
class PoolCore final : public std::enable_shared_from_this<PoolCore> {
 public:
  PoolCore(boost::asio::any_io_executor executor, PoolOptions options);

  /// Lends a connection, opening or waiting for one.
  Task<Lease> Acquire();
  /// Takes a connection back, in whatever state.
  void Return(std::unique_ptr<Connection> connection);
  /// Fails who waits, closes what is idle.
  void Close();

  const PoolOptions& options() const { return options_; }
  const boost::asio::any_io_executor& executor() const { return executor_; }
  int open() const { return open_; }

  /// Who is told of enqueued calls; set while the process is built, called from any thread.
  void SetListener(std::function<void()> listener);
  void Notify();

 private:
  /// Somebody in line: gets a connection, or the right to open one.
  struct Waiter {
    explicit Waiter(const boost::asio::any_io_executor& executor) : timer(executor) {}

    boost::asio::steady_timer timer;
    std::unique_ptr<Connection> connection;
    bool may_open = false;
  };

  /// The right to open a connection; passed on when it is not used.
  class Slot final {
   public:
    explicit Slot(std::shared_ptr<PoolCore> core) : core_(std::move(core)) {}
    Slot(Slot&&) noexcept = default;
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (core_ != nullptr) {
        core_->GiveUpSlot();
      }
    }
    void Keep() { core_.reset(); }

   private:
    std::shared_ptr<PoolCore> core_;
  };

  static Task<Lease> AcquireOnStrand(std::shared_ptr<PoolCore> self);
  static Task<Lease> WaitInLine(std::shared_ptr<PoolCore> self);
  static Task<Lease> OpenOne(std::shared_ptr<PoolCore> self, Slot slot);
  static Task<void> CleanUp(std::shared_ptr<PoolCore> self, std::unique_ptr<Connection> connection);

  void TakeBack(std::unique_ptr<Connection> connection);
  void Offer(std::unique_ptr<Connection> connection);
  void Drop(std::unique_ptr<Connection> connection);
  void GiveUpSlot();

  boost::asio::any_io_executor executor_;
  boost::asio::strand<boost::asio::any_io_executor> strand_;
  PoolOptions options_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::deque<std::shared_ptr<Waiter>> waiters_;
  std::atomic<int> open_ = 0;
  bool closed_ = false;

  std::mutex listener_mutex_;
  std::function<void()> listener_;
};

}  // namespace houbu::postgres
