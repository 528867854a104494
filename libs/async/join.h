/// Several tasks under way at once.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/task.h"

namespace houbu::async {
namespace join_internal {

/// What the tasks and whoever waits for them share; used on one executor only.
template <class T>
struct Joining {
  std::vector<std::optional<Outcome<T>>> outcomes;
  std::size_t left = 0;
  std::function<void()> resume;
};

template <class T>
void Begin(const boost::asio::any_io_executor& executor, std::shared_ptr<Joining<T>> joining,
           std::vector<Task<T>> tasks) {
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    auto run = [task = std::move(tasks[i])]() mutable { return std::move(task); };
    boost::asio::co_spawn(executor, std::move(run),
                          [joining, i](const std::exception_ptr& bug, Outcome<T> outcome) {
                            if (bug) std::rethrow_exception(bug);
                            joining->outcomes[i] = std::move(outcome);
                            if (--joining->left == 0) joining->resume();
                          });
  }
}

}  // namespace join_internal

/// Runs all tasks at once on the caller's executor and gives their outcomes in the same order when
/// the last has ended. The caller's executor must be a strand or a loop with one thread. A
/// cancelled caller still waits for its tasks.
template <class T>
Task<std::vector<Outcome<T>>> Join(std::vector<Task<T>> tasks) {
  using Joining = join_internal::Joining<T>;
  std::vector<Outcome<T>> outcomes;
  if (tasks.empty()) co_return outcomes;
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  auto joining = std::make_shared<Joining>();
  joining->outcomes.resize(tasks.size());
  joining->left = tasks.size();
  auto shared = std::make_shared<std::vector<Task<T>>>(std::move(tasks));
  auto initiate = [joining, shared, executor](auto handler) {
    auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
    joining->resume = [waiting, executor] {
      boost::asio::post(executor, [waiting]() mutable {
        auto resumed = std::move(*waiting);
        std::move(resumed)();
      });
    };
    join_internal::Begin<T>(executor, joining, std::move(*shared));
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      std::move(initiate), boost::asio::use_awaitable);
  joining->resume = nullptr;
  outcomes.reserve(joining->outcomes.size());
  for (std::optional<Outcome<T>>& outcome : joining->outcomes) {
    outcomes.push_back(*std::move(outcome));
  }
  co_return outcomes;
}

}  // namespace houbu::async
