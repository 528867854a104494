/// Runs a Task to its end inside a test.
#pragma once

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "libs/async/task.h"

namespace houbu::testing {

/// Runs `loop` until `task` has ended and returns its outcome (absl::Status or absl::StatusOr);
/// other work on the loop, as connections of a pool, stays pending. An exception is thrown here.
template <class Result>
Result RunTask(boost::asio::io_context& loop, boost::asio::awaitable<Result> task) {
  std::optional<Result> outcome;
  std::exception_ptr thrown;
  boost::asio::co_spawn(loop, std::move(task),
                        [&outcome, &thrown](std::exception_ptr error, Result result) {
                          thrown = error;
                          outcome = std::move(result);
                        });
  loop.restart();
  while (!outcome.has_value() && loop.run_one() > 0) {
  }
  if (thrown) {
    std::rethrow_exception(thrown);
  }
  return *std::move(outcome);
}

/// Runs `task` on a loop of its own and returns its outcome. A task that uses a WorkerPool needs a
/// loop that outlives the pool instead.
template <class Result>
Result RunTask(boost::asio::awaitable<Result> task) {
  boost::asio::io_context loop(1);
  return RunTask(loop, std::move(task));
}

}  // namespace houbu::testing
