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

/// Threads with a bounded queue. Destroy it before the io_context whose coroutines wait on it.
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

/// Resumes a waiting coroutine on its own executor with what the job gave.
template <class T, class Handler>
void Resume(Handler handler, Outcome<T> outcome) {
  auto executor = boost::asio::get_associated_executor(handler);
  boost::asio::post(executor,
                    [handler = std::move(handler), outcome = std::move(outcome)]() mutable {
                      std::move(handler)(std::move(outcome));
                    });
}

}  // namespace worker_pool_internal

/// Runs `work` on a thread of `pool` and resumes the caller on its own executor with the result.
/// The work itself is not cancelled with the caller; it owns what it uses (capture by value).
template <class T>
Task<T> OnPool(WorkerPool& pool, std::function<Outcome<T>()> work) {
  auto initiate = [&pool, work = std::move(work)](auto handler) mutable {
    using Handler = decltype(handler);
    auto waiting = std::make_shared<std::optional<Handler>>(std::move(handler));
    // The guard keeps the caller's loop running while only the pool is at work.
    auto guard = boost::asio::make_work_guard(boost::asio::get_associated_executor(**waiting));
    const absl::Status submitted =
        pool.Submit([waiting, guard = std::move(guard), work = std::move(work)]() mutable {
          Outcome<T> outcome = work();
          Handler resumed = *std::move(*waiting);
          waiting->reset();
          worker_pool_internal::Resume<T>(std::move(resumed), std::move(outcome));
        });
    if (!submitted.ok()) {
      Handler resumed = *std::move(*waiting);
      waiting->reset();
      worker_pool_internal::Resume<T>(std::move(resumed), Outcome<T>(submitted));
    }
  };
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Outcome<T>)>(
      std::move(initiate), boost::asio::use_awaitable);
}

}  // namespace houbu::async
