/// The two implementations of the index, as subjects of one contract; for tests only.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/base/clock.h"
#include "libs/redis/client.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_redis.h"
#include "services/slot/app/memory_inventory.h"
#include "services/slot/storage/redis_inventory.h"

namespace houbu::slot {

/// Which implementation.
enum class Backend { kMemory, kRedis };

/// An empty index and the loop it runs on.
class InventorySubject final {
 public:
  /// Makes an empty index; null, and the case reports itself as skipped, where Redis is missing.
  static std::unique_ptr<InventorySubject> OrSkip(Backend backend, int shards = 4) {
    std::unique_ptr<InventorySubject> subject(new InventorySubject());
    if (backend == Backend::kMemory) {
      subject->index_ = std::make_unique<MemoryInventory>(subject->clock_, shards);
      return subject;
    }
    subject->server_ = testing::TestRedis::OrSkip();
    if (!subject->server_) {
      return nullptr;
    }
    redis::Options options;
    options.host = subject->server_->host();
    options.port = subject->server_->port();
    subject->client_ = std::make_unique<redis::Client>(subject->loop_.get_executor(), options);
    auto index = std::make_unique<RedisInventory>(*subject->client_, shards);
    REQUIRE(subject->Run(index->Prepare()).ok());
    subject->index_ = std::move(index);
    return subject;
  }

  /// The index.
  InventoryIndex& index() { return *index_; }

  /// Runs a call to its end.
  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return testing::RunTask(loop_, std::move(task));
  }

  /// Reads everything new for `consumer`, in order by shard, and acknowledges it.
  std::vector<Match> TakeMatches(const std::string& consumer) {
    std::vector<Match> all;
    for (int shard = 0; shard < index_->shards(); ++shard) {
      const auto matches = Run(index_->ReadMatches(shard, consumer, 1000));
      REQUIRE(matches.status() == absl::OkStatus());
      for (const Match& match : *matches) {
        REQUIRE(Run(index_->AckMatch(match)).ok());
        all.push_back(match);
      }
    }
    return all;
  }

  /// Loses everything the index holds.
  void Lose() {
    if (server_) {
      server_->Flush();
    } else {
      static_cast<MemoryInventory&>(*index_).Lose();
    }
  }

  /// Closes the connection and lets its work end.
  ~InventorySubject() {
    index_.reset();
    if (client_) {
      client_->Close();
      client_.reset();
      loop_.restart();
      loop_.poll();
    }
  }

  InventorySubject(const InventorySubject&) = delete;
  InventorySubject& operator=(const InventorySubject&) = delete;

 private:
  InventorySubject() = default;

  boost::asio::io_context loop_;
  testing::ManualClock clock_;
  std::unique_ptr<testing::TestRedis> server_;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<InventoryIndex> index_;
};

}  // namespace houbu::slot
