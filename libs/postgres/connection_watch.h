/// The patience of one wait of a Connection; private to libs/postgres.
#pragma once

#include <memory>

#include "absl/time/time.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "libs/postgres/connection.h"

namespace houbu::postgres {

/// Ends a wait that lasts too long. Lives in the frame of the coroutine that waits; what the timer
/// does later, when that coroutine is past it, touches the shared state only. So a connection that
/// moves on to another strand is never touched from the old one.
class Connection::Watch final {
 public:
  Watch(const boost::asio::any_io_executor& executor, Connection& connection)
      : state_(std::make_shared<State>(executor, connection.socket_)) {
    state_->timer.expires_after(absl::ToChronoNanoseconds(connection.patience_));
    state_->timer.async_wait([state = state_](const boost::system::error_code& error) {
      if (!error && !state->over) {
        state->fired = true;
        boost::system::error_code ignored;
        state->socket->cancel(ignored);
      }
    });
  }

  ~Watch() {
    state_->over = true;
    state_->timer.cancel();
  }

  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Tells whether time ran out.
  bool fired() const { return state_->fired; }

 private:
  struct State {
    State(const boost::asio::any_io_executor& executor,
          std::shared_ptr<boost::asio::posix::stream_descriptor> watched)
        : timer(executor), socket(std::move(watched)) {}

    boost::asio::steady_timer timer;
    std::shared_ptr<boost::asio::posix::stream_descriptor> socket;
    bool fired = false;
    bool over = false;
  };

  std::shared_ptr<State> state_;
};

}  // namespace houbu::postgres
