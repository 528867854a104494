#include <algorithm>
#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/task.h"

namespace houbu::async {

Task<void> Sleep(absl::Duration delay) {
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(executor);
  const absl::Duration bounded = std::clamp(delay, absl::ZeroDuration(), absl::Hours(24 * 365));
  timer.expires_after(absl::ToChronoMicroseconds(bounded));
  const auto [error] = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  if (error) {
    co_return absl::CancelledError("cancelled while sleeping");
  }
  co_return absl::OkStatus();
}

}  // namespace houbu::async
