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
#include "services/slot/storage/redis_library.h"

namespace houbu::slot {

/// Which implementation.
enum class Backend { kMemory, kRedis };

/// An empty index and the loop it runs on.
class InventorySubject final {
 public:
  /// Makes an empty index; null, and the case reports itself as skipped, where Redis is missing.
  /// With `work_max` one call to Redis does no more than that of serving the line.
  static std::unique_ptr<InventorySubject> OrSkip(Backend backend, int shards = 4,
                                                  int work_max = 0) {
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
    if (work_max > 0) {
      subject->BoundWork(work_max);
    }
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
      if (!matches.ok()) REQUIRE(matches.status() == absl::OkStatus());
      for (const Match& match : *matches) {
        if (!Run(index_->AckMatch(match)).ok()) FAIL("a match cannot be acknowledged");
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

  /// Sends a command to Redis that must succeed.
  redis::Reply Command(std::vector<std::string> argv) {
    const auto reply = Run(client_->Call(std::move(argv)));
    REQUIRE(reply.status() == absl::OkStatus());
    return *reply;
  }

  /// Lets one call to Redis do no more than `work_max` of serving the line.
  void BoundWork(int work_max) {
    const std::string usual = "local WORK_MAX = 500";
    std::string library(kRedisLibrary);
    const std::size_t at = library.find(usual);
    REQUIRE(at != std::string::npos);
    library.replace(at, usual.size(), "local WORK_MAX = " + std::to_string(work_max));
    REQUIRE(Run(client_->LoadLibrary(std::move(library))).ok());
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

/// Unit numbers.
using Units = std::vector<int>;

/// The run of every case.
inline const RunEpoch kRun = {"rn-g35", 1};

/// A moment of becoming effective.
inline absl::Time At(std::int64_t micros) {
  return absl::FromUnixMicros(1793491200000000 + micros);
}

/// Second-class places.
inline DemandKind Second(LegRange legs, int party) { return DemandKind{"second", legs, party}; }

/// Three legs A-B-C-D; second class in two coaches of four and two seats; two standing places.
inline RunState Train() {
  RunState state;
  state.run = kRun.run;
  state.epoch = kRun.epoch;
  state.legs = 3;
  state.classes = {ClassLayout{"second", ClassKind::kAssigned, 6, {4, 2}},
                   ClassLayout{"standing", ClassKind::kCounted, 2, {}}};
  return state;
}

/// The calls of a case, in words; every outage fails it.
class Line final {
 public:
  /// Calls the index of `subject`, which must outlive this object.
  explicit Line(InventorySubject& subject) : subject_(subject) {}

  /// Loads a state.
  void Load(RunState state) { REQUIRE(subject_.Run(index().Load(std::move(state))).ok()); }

  /// Allocates for a buyer.
  absl::StatusOr<Units> Buy(const std::string& token, DemandKind kind) {
    return subject_.Run(index().Allocate(kRun, kind, token));
  }

  /// Puts a demand in line.
  EnlistOutcome Wait(const std::string& demand, DemandKind kind, std::int64_t micros) {
    const auto outcome =
        subject_.Run(index().Enlist(kRun, WaitingDemand{demand, kind, At(micros)}));
    REQUIRE(outcome.ok());
    return *outcome;
  }

  /// Gives back: how many were served, -1 when the token had nothing.
  int Release(const std::string& token) {
    const auto outcome = subject_.Run(index().Release(kRun, token));
    REQUIRE(outcome.ok());
    return outcome->released ? outcome->matches : -1;
  }

  /// Whom the line served since the last call, in order.
  std::vector<std::string> Served() {
    std::vector<std::string> demands;
    for (const Match& match : subject_.TakeMatches("test")) {
      demands.push_back(match.demand);
    }
    return demands;
  }

  /// How many places of a class are left over a stretch.
  int Free(const std::string& class_code, LegRange legs) {
    const auto vacancies = subject_.Run(index().Snapshot(kRun, legs));
    REQUIRE(vacancies.ok());
    for (const ClassVacancy& vacancy : *vacancies) {
      if (vacancy.class_code == class_code) {
        return vacancy.free;
      }
    }
    return -1;
  }

  /// The index.
  InventoryIndex& index() { return subject_.index(); }

 private:
  InventorySubject& subject_;
};

/// The reason of a refusal, in a form Catch2 prints.
inline std::string Reason(const absl::Status& status) { return std::string(ReasonOf(status)); }

}  // namespace houbu::slot
