#include "libs/redis/client.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/retry.h"
#include "libs/redis/errors.h"
#include "libs/redis/link.h"

namespace houbu::redis {

namespace asio = boost::asio;

/// The client's state; everything but Submit, Keep and Close runs on the strand.
class Client::Core final : public std::enable_shared_from_this<Client::Core> {
 public:
  Core(asio::any_io_executor executor, Options options)
      : strand_(asio::make_strand(executor)), options_(std::move(options)) {}

  /// Sends a command; with kReload, behind the libraries.
  void Submit(std::vector<std::string> argv, bool reload, Link::OnReply on_reply) {
    asio::post(strand_, [self = shared_from_this(), argv = std::move(argv), reload,
                         on_reply = std::move(on_reply)]() mutable {
      self->Send(argv, reload, std::move(on_reply));
    });
  }

  /// Remembers a library, in place of its earlier version.
  void Keep(std::string source) {
    asio::post(strand_, [self = shared_from_this(), source = std::move(source)] {
      self->libraries_[source.substr(0, source.find('\n'))] = source;
    });
  }

  void Close() {
    asio::dispatch(strand_, [self = shared_from_this()] {
      self->closed_ = true;
      if (self->link_ != nullptr) {
        self->link_->Close("The client is closed.");
      }
    });
  }

 private:
  void Send(const std::vector<std::string>& argv, bool reload, Link::OnReply on_reply) {
    if (closed_) {
      on_reply(UnavailableBecause("The client is closed."));
      return;
    }
    if (link_ == nullptr) {
      if (std::chrono::steady_clock::now() < retry_at_) {
        on_reply(UnavailableBecause("Waiting to connect again."));
        return;
      }
      Connect();
    } else if (reload) {
      LoadLibraries();
    }
    link_->Send(argv, std::move(on_reply));
  }

  void Connect() {
    const Link::Target target{options_.host, options_.port,
                              absl::ToChronoNanoseconds(options_.call_timeout)};
    link_ = std::make_shared<Link>(strand_, target);
    link_->Connect([weak = weak_from_this()](bool answered) {
      if (const auto self = weak.lock()) {
        self->Lost(answered);
      }
    });
    if (!options_.password.empty()) {
      link_->Send({"AUTH", options_.password}, [](const absl::StatusOr<Reply>&) {});
    }
    LoadLibraries();
  }

  void LoadLibraries() {
    for (const auto& [name, source] : libraries_) {
      link_->Send({"FUNCTION", "LOAD", "REPLACE", source}, [](const absl::StatusOr<Reply>&) {});
    }
  }

  void Lost(bool answered) {
    link_ = nullptr;
    // A connection that worked is replaced at once; one that never did counts as a failed try.
    failures_ = answered ? 0 : failures_ + 1;
    if (failures_ > 0) {
      async::RetryPolicy policy;
      policy.backoff_first = options_.backoff_first;
      policy.backoff_max = options_.backoff_max;
      retry_at_ = std::chrono::steady_clock::now() +
                  absl::ToChronoNanoseconds(async::Backoff(policy, failures_));
    }
  }

  asio::strand<asio::any_io_executor> strand_;
  Options options_;
  std::shared_ptr<Link> link_;
  std::map<std::string, std::string> libraries_;  // By first line: "#!lua name=...".
  int failures_ = 0;
  std::chrono::steady_clock::time_point retry_at_{};
  bool closed_ = false;
};

Client::Client(asio::any_io_executor executor, Options options)
    : core_(std::make_shared<Core>(std::move(executor), std::move(options))) {}

Client::~Client() { Close(); }

Task<Reply> Client::Send(std::shared_ptr<Core> core, std::vector<std::string> argv, bool reload) {
  auto initiate = [core = std::move(core), argv = std::move(argv), reload](auto handler) mutable {
    using Handler = decltype(handler);
    const auto executor = asio::get_associated_executor(handler);
    auto waiting = std::make_shared<std::optional<Handler>>(std::move(handler));
    auto on_reply = [waiting,
                     guard = asio::make_work_guard(executor)](absl::StatusOr<Reply> reply) {
      Handler resumed = *std::move(*waiting);
      waiting->reset();
      asio::post(guard.get_executor(),
                 [resumed = std::move(resumed), reply = std::move(reply)]() mutable {
                   std::move(resumed)(std::move(reply));
                 });
    };
    // Moved out: the waiting coroutine, which the core will own, must not own the core.
    const std::shared_ptr<Core> submitted_to = std::move(core);
    submitted_to->Submit(std::move(argv), reload, std::move(on_reply));
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(absl::StatusOr<Reply>)>(
      std::move(initiate), asio::use_awaitable);
}

Task<Reply> Client::Call(std::vector<std::string> argv, std::string shard_key) {
  static_cast<void>(shard_key);  // One node: every key is here.
  co_return co_await Send(core_, std::move(argv), false);
}

Task<Reply> Client::Function(std::string name, std::vector<std::string> keys,
                             std::vector<std::string> args) {
  std::vector<std::string> argv;
  argv.reserve(3 + keys.size() + args.size());
  argv.push_back("FCALL");
  argv.push_back(std::move(name));
  argv.push_back(absl::StrCat(keys.size()));
  argv.insert(argv.end(), keys.begin(), keys.end());
  argv.insert(argv.end(), args.begin(), args.end());
  auto reply = co_await Send(core_, argv, false);
  if (absl::IsInternal(reply.status()) &&
      absl::StrContains(reply.status().message(), "Function not found")) {
    // Redis was emptied of functions; nothing was done yet.
    reply = co_await Send(core_, std::move(argv), true);
  }
  co_return reply;
}

Task<void> Client::LoadLibrary(std::string lua_source) {
  core_->Keep(lua_source);
  std::vector<std::string> argv;
  argv.push_back("FUNCTION");
  argv.push_back("LOAD");
  argv.push_back("REPLACE");
  argv.push_back(std::move(lua_source));
  const auto loaded = co_await Send(core_, std::move(argv), false);
  co_return loaded.status();
}

Task<void> Client::Ping() {
  std::vector<std::string> argv;
  argv.push_back("PING");
  const auto answer = co_await Send(core_, std::move(argv), false);
  co_return answer.status();
}

void Client::Close() { core_->Close(); }

}  // namespace houbu::redis
