/// A bounded pool of threads for work that must block: password hashing, curl, files.
///
/// The event loop never blocks; what cannot be done without blocking goes to a pool of its own, so
/// that slow outside systems cannot take more than their share.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/task.h"

namespace houbu::async {

/// Size of a WorkerPool.
struct WorkerPoolOptions {
  int threads = 4;
  int waiting_max = 256;  ///< Jobs that may wait for a thread; more are refused at once.
};

/// Threads with a bounded queue. Destroy it before the io_context whose coroutines wait on it: its
/// threads post to that loop.
class WorkerPool final {
 public:
  /// Starts the threads.
  explicit WorkerPool(WorkerPoolOptions options);

  /// Lets running and waiting jobs end, then joins the threads.
  ~WorkerPool();

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Queues `job`; refuses as RESOURCE_EXHAUSTED with a retry delay when the queue is full. Jobs
  /// must not throw.
  absl::Status Submit(std::function<void()> job);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

namespace worker_pool_internal {

/// A coroutine that waits, and what keeps its loop running meanwhile.
template <class T, class Handler>
class Waiting final {
 public:
  explicit Waiting(Handler handler)
      : handler_(std::move(handler)),
        guard_(boost::asio::make_work_guard(boost::asio::get_associated_executor(*handler_))) {}

  /// Resumes the coroutine on its own executor. Handler and guard go along with the posted
  /// function, so that the worker's thread keeps nothing of the loop.
  void Resume(Outcome<T> outcome) {
    const auto executor = boost::asio::get_associated_executor(*handler_);
    auto go_on = [handler = *std::move(handler_), guard = std::move(guard_),
                  outcome = std::move(outcome)]() mutable {
      guard.reset();
      std::move(handler)(std::move(outcome));
    };
    handler_.reset();
    boost::asio::post(executor, std::move(go_on));
  }

 private:
  using Executor = boost::asio::associated_executor_t<Handler>;
  std::optional<Handler> handler_;
  boost::asio::executor_work_guard<Executor> guard_;
};

}  // namespace worker_pool_internal

/// Runs `work` on a thread of `pool` and resumes the caller on its own executor with the result.
/// The work itself is not cancelled with the caller; it owns what it uses (capture by value).
template <class T>
Task<T> OnPool(WorkerPool& pool, std::function<Outcome<T>()> work) {
  auto initiate = [&pool, work = std::move(work)](auto handler) mutable {
    using Waiting = worker_pool_internal::Waiting<T, decltype(handler)>;
    auto waiting = std::make_shared<Waiting>(std::move(handler));
    const absl::Status submitted =
        pool.Submit([waiting, work = std::move(work)] { waiting->Resume(work()); });
    if (!submitted.ok()) {
      waiting->Resume(submitted);
    }
  };
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Outcome<T>)>(
      std::move(initiate), boost::asio::use_awaitable);
}

}  // namespace houbu::async
