/// One connection to Redis: hiredis' asynchronous context on an Asio strand. Only a node of the
/// client uses it; everything in it runs on the strand.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "libs/redis/address.h"
#include "libs/redis/answer.h"

struct redisAsyncContext;

namespace houbu::redis {

/// Connects, sends, gives each answer to who asked, and is lost once.
///
/// hiredis' traps: handling a read or write may free the context (everything looks again after
/// each); freeing it inside an answer's callback is put off until that returns; `cleanup` is called
/// just before the socket is closed, and is the one sure sign that the connection is gone.
class Link final : public std::enable_shared_from_this<Link> {
 public:
  using Strand = boost::asio::strand<boost::asio::any_io_executor>;

  /// Where to connect to and how long an answer may take.
  struct Target {
    Address address;
    std::chrono::nanoseconds timeout{};
  };

  /// How a connection ended.
  struct Loss {
    bool answered = false;  ///< It ever answered.
    bool silent = false;    ///< It was given up because no answer came in time.
    std::string cause;
  };

  Link(Strand strand, Target target);

  /// Frees the connection; callers still waiting are dropped unanswered, with their coroutines.
  ~Link();

  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// Begins to connect. `on_lost` is called once the connection is gone.
  void Connect(std::function<void(Loss)> on_lost);

  /// Sends a command; before the connection stands it waits for that. The answer comes on the
  /// strand, never from inside Send: a kReply, kError or kLost.
  void Send(const std::vector<std::string>& argv, OnAnswer on_answer);

  /// Fails what is waiting and closes.
  void Close(std::string cause);

 private:
  enum class Direction { kRead, kWrite };

  /// One direction of readiness: wanted by hiredis, and under way in Asio.
  struct Interest {
    bool wanted = false;
    bool pending = false;
  };

  struct Hooks;  // hiredis' C callbacks.

  /// A command given while the host's name is still looked up.
  struct Early {
    std::vector<std::string> argv;
    OnAnswer on_answer;
  };

  void Resolve();
  void Open(const std::string& address);
  void Attach();
  bool Transmit(const std::vector<std::string>& argv, OnAnswer& on_answer);
  void Refuse(OnAnswer on_answer);
  void Want(Direction direction);
  void Ready(Direction direction);
  void Handle(Direction direction);
  void Lost();
  void Watch();

  Strand strand_;
  Target target_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::posix::stream_descriptor socket_;
  boost::asio::steady_timer watchdog_;
  redisAsyncContext* context_ = nullptr;
  Interest read_;
  Interest write_;
  bool resolving_ = false;
  bool connected_ = false;
  bool handling_write_ = false;
  bool answered_ = false;
  bool closing_ = false;
  bool timed_out_ = false;
  bool abandoned_ = false;
  bool watching_ = false;
  std::string cause_ = "The connection was lost.";
  std::deque<std::chrono::steady_clock::time_point> deadlines_;
  std::vector<Early> early_;
  std::function<void(Loss)> on_lost_;
};

}  // namespace houbu::redis
