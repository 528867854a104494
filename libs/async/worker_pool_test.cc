#include "libs/async/worker_pool.h"

#include <future>
#include <thread>

#include <catch2/catch.hpp>

#include "libs/async/status_macros.h"
#include "libs/base/refusal.h"
#include "libs/testing/run_task.h"

namespace houbu::async {
namespace {

WorkerPoolOptions Small(int threads, int waiting_max) {
  WorkerPoolOptions options;
  options.threads = threads;
  options.waiting_max = waiting_max;
  return options;
}

// Runs `work` on the pool and tells on which thread the caller went on.
Task<std::thread::id> GoOn(WorkerPool& pool, std::function<absl::Status()> work) {
  CO_RETURN_IF_ERROR(co_await OnPool<void>(pool, std::move(work)));
  co_return std::this_thread::get_id();
}

}  // namespace

TEST_CASE("work runs on another thread and its caller goes on where it was", "[async][pool]") {
  boost::asio::io_context loop(1);
  WorkerPool pool(Small(2, 10));
  std::thread::id worked_on;
  std::function<absl::Status()> work = [&worked_on] {
    worked_on = std::this_thread::get_id();
    return absl::OkStatus();
  };
  const auto went_on = testing::RunTask(loop, GoOn(pool, std::move(work)));
  REQUIRE(went_on.ok());
  CHECK(*went_on == std::this_thread::get_id());
  CHECK(worked_on != std::this_thread::get_id());
}

TEST_CASE("a pool gives back values and failures", "[async][pool]") {
  boost::asio::io_context loop(1);
  WorkerPool pool(Small(1, 10));
  std::function<absl::StatusOr<std::string>()> fine = [] {
    return absl::StatusOr<std::string>("done");
  };
  CHECK(*testing::RunTask(loop, OnPool<std::string>(pool, std::move(fine))) == "done");
  std::function<absl::StatusOr<std::string>()> failing = [] {
    return absl::StatusOr<std::string>(absl::DataLossError("lost"));
  };
  CHECK(absl::IsDataLoss(
      testing::RunTask(loop, OnPool<std::string>(pool, std::move(failing))).status()));
}

TEST_CASE("a full pool refuses at once and takes work again later", "[async][pool]") {
  std::promise<void> gate;
  std::shared_future<void> open(gate.get_future());
  boost::asio::io_context loop(1);
  WorkerPool pool(Small(1, 1));
  const auto block = [open] { open.wait(); };
  CHECK(pool.Submit(block).ok());
  CHECK(pool.Submit(block).ok());
  std::function<absl::StatusOr<int>()> more = [] { return absl::StatusOr<int>(1); };
  const absl::Status refused = testing::RunTask(loop, OnPool<int>(pool, more)).status();
  CHECK(ReasonOf(refused) == "WORKERS_BUSY");
  CHECK(RetryAfterOf(refused).has_value());
  gate.set_value();
  // The queue drains soon; each refusal meanwhile is the pool's right.
  absl::StatusOr<int> later = refused;
  while (!later.ok()) {
    later = testing::RunTask(loop, OnPool<int>(pool, more));
  }
  CHECK(*later == 1);
}

TEST_CASE("a pool ends its jobs before it goes", "[async][pool]") {
  std::atomic<int> done{0};
  {
    WorkerPool pool(Small(2, 100));
    for (int i = 0; i < 50; ++i) {
      CHECK(pool.Submit([&done] { ++done; }).ok());
    }
  }
  CHECK(done == 50);
}

}  // namespace houbu::async
