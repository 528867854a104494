#include "libs/async/together.h"

#include <cstddef>
#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace houbu::async {
namespace {

/// How far the parts are.
struct Race {
  explicit Race(const boost::asio::any_io_executor& executor) : end(executor) {
    end.expires_at(boost::asio::steady_timer::time_point::max());
  }

  std::vector<std::function<Task<void>()>> parts;
  std::size_t running = 0;
  absl::Status outcome;
  boost::asio::steady_timer end;
};

}  // namespace

Task<void> Together(std::vector<std::function<Task<void>()>> parts) {
  if (parts.empty()) co_return absl::OkStatus();
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto race = std::make_shared<Race>(executor);
  race->parts = std::move(parts);
  race->running = race->parts.size();
  for (const auto& part : race->parts) {
    boost::asio::co_spawn(executor, part(), [race](std::exception_ptr bug, absl::Status ended) {
      if (bug) std::rethrow_exception(bug);
      race->outcome.Update(ended);
      if (--race->running == 0) race->end.cancel();
    });
  }
  if (race->running > 0) {
    const auto [waited] =
        co_await race->end.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    static_cast<void>(waited);
  }
  if (race->running > 0) co_return absl::CancelledError("cancelled while others work");
  co_return race->outcome;
}

}  // namespace houbu::async
