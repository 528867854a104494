/// A doorbell: a loop sleeps until there is something to do, and looks now and then all the same.
#pragma once

#include <utility>

#include "absl/time/time.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/task.h"

namespace houbu::async {

/// Rung by many, waited for by one. For one event loop.
class Doorbell final {
 public:
  explicit Doorbell(boost::asio::any_io_executor executor) : timer_(std::move(executor)) {}

  /// Ends the wait, or the next one at once: a ring is never lost, several are one.
  void Ring() {
    rung_ = true;
    timer_.cancel();
  }

  /// Waits for a ring, at most `patience`.
  Task<void> Wait(absl::Duration patience) {
    if (!rung_) {
      timer_.expires_after(absl::ToChronoNanoseconds(patience));
      boost::system::error_code ignored;
      auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
      co_await timer_.async_wait(token);
    }
    rung_ = false;
    co_return absl::OkStatus();
  }

 private:
  boost::asio::steady_timer timer_;
  bool rung_ = false;
};

}  // namespace houbu::async
