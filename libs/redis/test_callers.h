/// Callers of functions, for tests of the client on servers that break.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/async/task.h"
#include "libs/base/refusal.h"
#include "libs/redis/client.h"
#include "libs/redis/keys.h"
#include "libs/testing/run_task.h"

namespace houbu::redis {

/// `bump` counts on in the key it is given and in another of the same shard that it is not given,
/// as the functions of an index do; it does nothing where a slot is on its way elsewhere.
inline constexpr char kBumpLibrary[] = R"lua(#!lua name=houbu_test
redis.register_function('bump', function(keys, args)
  if type(redis.pcall('EXISTS', keys[1] .. ':none')) == 'table' then
    return redis.error_reply('TRYAGAIN the slot is on its way')
  end
  redis.call('INCR', keys[1])
  return redis.call('INCR', keys[1] .. ':other')
end)
)lua";

/// The key of a shard that callers count in.
inline std::string CounterOf(int shard) { return absl::StrCat("h:", ShardTag(Shard{shard})); }

/// A loop, a client with the library loaded, and callers that keep calling until told to stop.
class Callers final {
 public:
  explicit Callers(const Options& options) : client_(loop_.get_executor(), options) {}

  /// Ends the callers first.
  ~Callers() { Stop(); }

  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

  Client& client() { return client_; }
  boost::asio::io_context& loop() { return loop_; }

  /// Runs one task to its end; callers go on meanwhile.
  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return testing::RunTask(loop_, std::move(task));
  }

  absl::StatusOr<Reply> Call(std::vector<std::string> argv, const std::string& key) {
    return Run(client_.Call(std::move(argv), key));
  }

  absl::StatusOr<Reply> Bump(int shard) {
    const std::vector<std::string> keys(1, CounterOf(shard));
    return Run(client_.Function("bump", keys, std::vector<std::string>()));
  }

  /// Starts one caller on each of the shards 0 to `shards` - 1.
  void Begin(int shards) {
    stop_ = false;
    outcomes_.resize(static_cast<std::size_t>(shards));
    for (int shard = 0; shard < shards; ++shard) {
      ++running_;
      boost::asio::co_spawn(loop_, Keep(shard), [this](std::exception_ptr bug, absl::Status) {
        CHECK_FALSE(bug);
        --running_;
      });
    }
  }

  /// Lets the callers go on for a while, and other programs too.
  void For(absl::Duration time) { REQUIRE(Run(async::Sleep(time)).ok()); }

  /// Lets the callers go on until a function of `shard` is answered again.
  void UntilAnswered(int shard) {
    for (int tries = 0; tries < 1'000; ++tries) {
      if (Bump(shard).ok()) {
        ++outcomes_[static_cast<std::size_t>(shard)].done;
        return;
      }
      For(absl::Milliseconds(20));
    }
    FAIL("no function of shard " << shard << " is answered any more");
  }

  /// Ends the callers.
  void Stop() {
    stop_ = true;
    loop_.restart();
    while (running_ > 0 && loop_.run_one() > 0) {
    }
  }

  /// What a shard's calls came to.
  struct Outcomes {
    int done = 0;
    int away = 0;  ///< UNAVAILABLE: done or not.
    std::vector<std::string> surprises;
  };
  const Outcomes& of(int shard) const { return outcomes_[static_cast<std::size_t>(shard)]; }

  /// Checks that both counters of a shard agree, with each other and with what callers were told.
  void CheckCounts(int shard) {
    CAPTURE(shard);
    const std::string key = CounterOf(shard);
    const auto named = Call({"GET", key}, key);
    const auto other = Call({"GET", key + ":other"}, key);
    REQUIRE(named.ok());
    REQUIRE(other.ok());
    const Outcomes& told = of(shard);
    CHECK(told.surprises == std::vector<std::string>());
    CHECK(named->Integer().value() == other->Integer().value());
    CHECK(named->Integer().value() >= told.done);
    CHECK(named->Integer().value() <= told.done + told.away);
  }

 private:
  async::Task<void> Keep(int shard) {
    Outcomes& told = outcomes_[static_cast<std::size_t>(shard)];
    while (!stop_) {
      std::vector<std::string> keys(1, CounterOf(shard));
      std::vector<std::string> args;
      const auto bumped = co_await client_.Function("bump", std::move(keys), std::move(args));
      if (bumped.ok()) {
        ++told.done;
      } else if (absl::IsUnavailable(bumped.status())) {
        ++told.away;
      } else {
        told.surprises.push_back(bumped.status().ToString());
      }
      const absl::Duration pause = absl::Milliseconds(1);
      const absl::Status slept = co_await async::Sleep(pause);
      if (!slept.ok()) {
        co_return slept;
      }
    }
    co_return absl::OkStatus();
  }

  boost::asio::io_context loop_{1};
  Client client_;
  bool stop_ = false;
  int running_ = 0;
  std::vector<Outcomes> outcomes_;
};

}  // namespace houbu::redis
