#include "libs/async/worker_pool.h"

#include <algorithm>
#include <atomic>
#include <cstddef>

#include "absl/time/time.h"
#include <boost/asio/thread_pool.hpp>

#include "libs/base/refusal.h"

namespace houbu::async {
namespace {

constexpr Refusal kWorkersBusy{absl::StatusCode::kResourceExhausted, "WORKERS_BUSY",
                               "Too much work is waiting already."};

}  // namespace

struct WorkerPool::State {
  explicit State(WorkerPoolOptions options)
      : jobs_max(options.threads + options.waiting_max),
        threads(static_cast<std::size_t>(std::max(options.threads, 1))) {}

  const int jobs_max;
  std::atomic<int> jobs{0};
  boost::asio::thread_pool threads;
};

WorkerPool::WorkerPool(WorkerPoolOptions options) : state_(std::make_unique<State>(options)) {}

WorkerPool::~WorkerPool() { state_->threads.join(); }

absl::Status WorkerPool::Submit(std::function<void()> job) {
  if (++state_->jobs > state_->jobs_max) {
    --state_->jobs;
    return WithRetryAfter(Refuse(kWorkersBusy), absl::Seconds(1));
  }
  boost::asio::post(state_->threads, [state = state_.get(), job = std::move(job)] {
    job();
    --state->jobs;
  });
  return absl::OkStatus();
}

}  // namespace houbu::async
