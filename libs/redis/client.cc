#include "libs/redis/client.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/redis/errors.h"
#include "libs/redis/router.h"

namespace houbu::redis {

namespace asio = boost::asio;

namespace {

using Kind = Router::Kind;

/// An answer and who gave it.
struct Told {
  Reply reply;
  Address by;
};

/// Waits for a callback: `begin` is given one that may be called once, from any thread, and
/// resumes the coroutine on its own executor.
template <class T, class Begin>
Task<T> Await(Begin begin) {
  auto initiate = [begin = std::move(begin)](auto handler) mutable {
    using Handler = decltype(handler);
    const auto executor = asio::get_associated_executor(handler);
    auto waiting = std::make_shared<std::optional<Handler>>(std::move(handler));
    auto resume = [waiting, guard = asio::make_work_guard(executor)](absl::StatusOr<T> outcome) {
      Handler resumed = *std::move(*waiting);
      waiting->reset();
      asio::post(guard.get_executor(),
                 [resumed = std::move(resumed), outcome = std::move(outcome)]() mutable {
                   std::move(resumed)(std::move(outcome));
                 });
    };
    // Moved out: the waiting coroutine, which the router will own, must not own the router.
    Begin begun = std::move(begin);
    begun(std::move(resume));
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(absl::StatusOr<T>)>(
      std::move(initiate), asio::use_awaitable);
}

Task<Told> Send(std::shared_ptr<Router> router, Kind kind, std::vector<std::string> argv,
                std::string key) {
  auto request = std::make_shared<Router::Request>();
  request->kind = kind;
  request->argv = std::move(argv);
  request->key = std::move(key);
  auto begin = [router = std::move(router), request = std::move(request)](auto resume) {
    request->on_outcome = [resume = std::move(resume)](absl::StatusOr<Reply> outcome,
                                                       const Address& by) mutable {
      if (!outcome.ok()) {
        resume(outcome.status());
        return;
      }
      Told told;
      told.reply = *std::move(outcome);
      told.by = by;
      resume(std::move(told));
    };
    router->Post(request);
  };
  return Await<Told>(std::move(begin));
}

}  // namespace

Client::Client(asio::any_io_executor executor, Options options)
    : router_(std::make_shared<Router>(std::move(executor), std::move(options))) {}

Client::~Client() { Close(); }

Task<Reply> Client::Call(std::vector<std::string> argv, std::string shard_key) {
  auto told = co_await Send(router_, Kind::kCommand, std::move(argv), std::move(shard_key));
  if (!told.ok()) {
    co_return told.status();
  }
  co_return std::move(told->reply);
}

Task<Reply> Client::Function(std::string name, std::vector<std::string> keys,
                             std::vector<std::string> args) {
  std::string key = keys.front();
  std::vector<std::string> argv;
  argv.reserve(3 + keys.size() + args.size());
  argv.push_back("FCALL");
  argv.push_back(std::move(name));
  argv.push_back(absl::StrCat(keys.size()));
  for (std::string& each : keys) {
    argv.push_back(std::move(each));
  }
  for (std::string& each : args) {
    argv.push_back(std::move(each));
  }
  auto told = co_await Send(router_, Kind::kFunction, std::move(argv), std::move(key));
  if (!told.ok()) {
    co_return told.status();
  }
  co_return std::move(told->reply);
}

Task<void> Client::LoadLibrary(std::string lua_source) {
  auto begin = [router = router_, source = std::move(lua_source)](auto resume) mutable {
    router->PostLibrary(std::move(source), [resume = std::move(resume)](absl::Status outcome) {
      if (outcome.ok()) {
        resume(Reply());
      } else {
        resume(std::move(outcome));
      }
    });
  };
  const auto loaded = co_await Await<Reply>(std::move(begin));
  co_return loaded.status();
}

Task<Identity> Client::IdentityOf(std::string key) {
  std::vector<std::string> argv = IdentityCommand();
  auto told = co_await Send(router_, Kind::kCommand, std::move(argv), std::move(key));
  if (!told.ok()) {
    co_return told.status();
  }
  co_return ParseIdentity(told->reply.text(), std::move(told->by));
}

void Client::SetAdmission(Admission admission) { router_->PostAdmission(std::move(admission)); }

Task<void> Client::Ping() {
  std::vector<std::string> argv(1, "PING");
  const auto told = co_await Send(router_, Kind::kCommand, std::move(argv), std::string());
  co_return told.status();
}

void Client::Close() { router_->Close(); }

}  // namespace houbu::redis
