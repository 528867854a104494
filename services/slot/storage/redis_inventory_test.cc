// What only the index in Redis can get wrong: keys left behind, readers that died, lost streams.
#include "services/slot/storage/redis_inventory.h"

#include <algorithm>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/testing/run_task.h"
#include "libs/testing/test_redis.h"

namespace houbu::slot {
namespace {

const RunEpoch kRun = {"rn-g35", 1};
const char kStream[] = "h:{s00}:matches";

RunState Train() {
  RunState state;
  state.run = kRun.run;
  state.epoch = kRun.epoch;
  state.legs = 3;
  state.classes = {ClassLayout{"second", ClassKind::kAssigned, 2, {2}},
                   ClassLayout{"standing", ClassKind::kCounted, 1, {}}};
  return state;
}

// An index of one shard, and the connection beneath it.
class Fixture final {
 public:
  explicit Fixture(const testing::TestRedis& server) : client_(loop_.get_executor(), At(server)) {
    REQUIRE(Run(index_.Prepare()).ok());
    REQUIRE(Run(index_.Load(Train())).ok());
  }

  ~Fixture() {
    client_.Close();
    loop_.restart();
    loop_.poll();
  }

  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return testing::RunTask(loop_, std::move(task));
  }

  // Sends a command that must succeed.
  redis::Reply Command(std::vector<std::string> argv) {
    const auto reply = Run(client_.Call(std::move(argv)));
    REQUIRE(reply.status() == absl::OkStatus());
    return *reply;
  }

  std::vector<std::string> Keys() {
    std::vector<std::string> keys = *Command({"KEYS", "*"}).Texts();
    // Nor the number of the generation nor what every call overwrites is anybody's business.
    std::erase_if(keys, [](const std::string& key) { return key.ends_with(":x"); });
    for (std::string& key : keys) {
      for (const char* const generation : {":2:", ":3:"}) {
        const std::size_t at = key.find(generation);
        if (at != std::string::npos) key[at + 1] = '1';
      }
    }
    std::sort(keys.begin(), keys.end());
    return keys;
  }

  EnlistOutcome Wait(const std::string& demand, LegRange legs, int party) {
    const WaitingDemand waiting = {demand, DemandKind{"second", legs, party}, absl::UnixEpoch()};
    return *Run(index_.Enlist(kRun, waiting));
  }

  std::vector<Match> Read(const std::string& consumer) {
    return *Run(index_.ReadMatches(0, consumer, 10));
  }

  RedisInventory& index() { return index_; }

 private:
  static redis::Options At(const testing::TestRedis& server) {
    redis::Options options;
    options.host = server.host();
    options.port = server.port();
    return options;
  }

  boost::asio::io_context loop_;
  redis::Client client_;
  RedisInventory index_{client_, 1};
};

}  // namespace

TEST_CASE("a line that emptied leaves no keys behind", "[slot][line][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Fixture redis(*server);
  const std::vector<std::string> at_rest = redis.Keys();
  const DemandKind both = {"second", {0, 1}, 2};
  REQUIRE(redis.Run(redis.index().Allocate(kRun, both, "bk-1")).ok());
  REQUIRE(redis.Wait("dm-served", {0, 1}, 1) == EnlistOutcome::kWaiting);
  REQUIRE(redis.Wait("dm-gone", {0, 1}, 2) == EnlistOutcome::kWaiting);
  REQUIRE(redis.Wait("dm-gone-too", {0, 1}, 2) == EnlistOutcome::kWaiting);
  REQUIRE(redis.Run(redis.index().Withdraw(kRun, "dm-gone")).ok());
  REQUIRE(redis.Run(redis.index().Withdraw(kRun, "dm-gone-too")).ok());
  REQUIRE(redis.Run(redis.index().Release(kRun, "bk-1"))->matches == 1);
  for (const Match& match : redis.Read("one")) {
    REQUIRE(redis.Run(redis.index().AckMatch(match)).ok());
  }
  REQUIRE(redis.Run(redis.index().Release(kRun, "dm-served"))->released);
  REQUIRE(redis.Command({"XLEN", kStream}).integer() == 0);
  redis.Command({"DEL", kStream});
  CHECK(redis.Keys() == at_rest);
}

TEST_CASE("a rebuild leaves nothing of the old epoch", "[slot][rebuild][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Fixture redis(*server);
  const std::vector<std::string> at_rest = redis.Keys();
  const DemandKind both = {"second", {0, 3}, 2};
  REQUIRE(redis.Run(redis.index().Allocate(kRun, both, "bk-1")).ok());
  REQUIRE(redis.Wait("dm-1", {0, 2}, 1) == EnlistOutcome::kWaiting);
  REQUIRE(redis.Wait("dm-2", {1, 3}, 2) == EnlistOutcome::kWaiting);
  RunState state = Train();
  state.epoch = 2;
  REQUIRE(redis.Run(redis.index().Load(state)).ok());
  CHECK(redis.Run(redis.index().UnconfirmedTokens(0, absl::ZeroDuration(), 10))->empty());
  CHECK(redis.Keys() == at_rest);
  const RunEpoch second = {kRun.run, 2};
  REQUIRE(redis.Run(redis.index().Remove(second)).ok());
  CHECK(redis.Keys() == std::vector<std::string>{"h:{s00}:changes", "h:{s00}:generation"});
}

TEST_CASE("keys somebody else wrote make the run rebuilt, and nothing of them stays",
          "[slot][rebuild][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Fixture redis(*server);
  const std::vector<std::string> at_rest = redis.Keys();
  const DemandKind one = {"second", {0, 3}, 1};
  const std::string forged = GENERATE(as<std::string>(), "h:{s00}:r:rn-g35",
                                      "h:{s00}:r:rn-g35:1:b:1:0", "h:{s00}:r:rn-g35:g");
  redis.Command({"DEL", forged});
  redis.Command({"LPUSH", forged, "x"});
  RunState state = Train();
  state.epoch = 2;
  const RunEpoch second = {kRun.run, 2};
  if (forged != "h:{s00}:r:rn-g35:g") {
    const auto refused = redis.Run(redis.index().Allocate(kRun, one, "bk-1"));
    CHECK(ReasonOf(refused.status()) == kStaleIndex.reason);
  }
  // What cannot be read is thrown away with the first try.
  absl::StatusOr<int> loaded = redis.Run(redis.index().Load(state));
  if (!loaded.ok()) loaded = redis.Run(redis.index().Load(state));
  REQUIRE(loaded.ok());
  CHECK(redis.Run(redis.index().Allocate(second, one, "bk-1")).ok());
  REQUIRE(redis.Run(redis.index().Release(second, "bk-1")).ok());
  CHECK(redis.Keys() == at_rest);
}

TEST_CASE("a head with one bit flipped is no head, and a generation of nonsense is dropped",
          "[slot][rebuild][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Fixture redis(*server);
  const std::vector<std::string> at_rest = redis.Keys();
  const DemandKind one = {"second", {0, 3}, 1};
  for (int bit = 0; bit < 8 * 20; bit += 7) {
    INFO("bit " << bit);
    redis.Command({"SETBIT", "h:{s00}:r:rn-g35", std::to_string(bit), "1"});
    redis.Command({"SETBIT", "h:{s00}:r:rn-g35", std::to_string(bit + 1), "0"});
    redis.Command({"HSET", "h:{s00}:r:rn-g35:g", "1", "3;3;16;lhve"});
    RunState state = Train();
    state.epoch = 2 + bit;
    const RunEpoch run = {kRun.run, state.epoch};
    CHECK(ReasonOf(redis.Run(redis.index().Allocate(run, one, "bk-1")).status()) ==
          kStaleIndex.reason);
    REQUIRE(redis.Run(redis.index().Load(state)).ok());
    CHECK(redis.Run(redis.index().Allocate(run, one, "bk-1")).ok());
  }
  CHECK(redis.Keys().size() < 2 * at_rest.size());
}

TEST_CASE("what cannot be a shard's own is thrown away, and its runs load again",
          "[slot][rebuild][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Fixture redis(*server);
  const std::string forged = GENERATE(as<std::string>(), "h:{s00}:generation", "h:{s00}:left",
                                      "h:{s00}:unconfirmed", "h:{s00}:changes", "h:{s00}:matches");
  redis.Command({"SET", forged, "q"});
  RunState state = Train();
  const auto use = [&redis, &state] {
    ++state.epoch;
    const DemandKind one = {"second", {0, 3}, 1};
    const RunEpoch run = {kRun.run, state.epoch};
    absl::Status all = redis.Run(redis.index().Load(state)).status();
    all.Update(redis.Run(redis.index().Allocate(run, one, "bk-1")).status());
    all.Update(redis.Run(redis.index().ReadMatches(0, "here", 10)).status());
    all.Update(redis.Run(redis.index().UnconfirmedTokens(0, absl::ZeroDuration(), 10)).status());
    return all;
  };
  // Whatever call meets it first mends it.
  const absl::Status met = use();
  CHECK_FALSE(met.ok());
  CHECK(use() == absl::OkStatus());
}

TEST_CASE("somebody in line whom the index does not know is served nothing",
          "[slot][line][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Fixture redis(*server);
  const DemandKind one = {"second", {0, 3}, 1};
  REQUIRE(redis.Run(redis.index().Allocate(kRun, one, "bk-1")).ok());
  REQUIRE(redis.Wait("dm-1", {0, 3}, 2) == EnlistOutcome::kWaiting);
  // Stands first: the earliest microsecond there is.
  const std::string ghost = std::string("\x03\x02\0\0\0\0\0\0\0", 9) + "dm-ghost";
  redis.Command({"ZADD", "h:{s00}:r:rn-g35:1:q:1:0", "0", ghost});
  REQUIRE(redis.Run(redis.index().Release(kRun, "bk-1"))->matches == 1);
  REQUIRE(redis.Read("one").size() == 1);
  CHECK(redis.Read("one")[0].demand == "dm-1");
}

TEST_CASE("who lost the place in line shows as missing", "[slot][line][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Fixture redis(*server);
  const DemandKind both = {"second", {0, 3}, 2};
  REQUIRE(redis.Run(redis.index().Allocate(kRun, both, "bk-1")).ok());
  REQUIRE(redis.Wait("dm-1", {0, 3}, 2) == EnlistOutcome::kWaiting);
  CHECK(redis.Run(redis.index().FullState(kRun.run))->state.waiting.size() == 1);
  const std::string key =
      GENERATE(as<std::string>(), "h:{s00}:r:rn-g35:1:q:1:0", "h:{s00}:r:rn-g35:1:k:1");
  REQUIRE(redis.Command({"DEL", key}).integer() == 1);
  CHECK(redis.Run(redis.index().FullState(kRun.run))->state.waiting.empty());
}

TEST_CASE("matches of a reader that died are taken over after a minute", "[slot][match][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Fixture redis(*server);
  REQUIRE(redis.Wait("dm-1", {0, 3}, 1) == EnlistOutcome::kMatched);
  const std::vector<Match> read = redis.Read("dead");
  REQUIRE(read.size() == 1);
  redis.Command({"XCLAIM", kStream, "slot", "dead", "0", read[0].id, "IDLE", "59000", "JUSTID"});
  CHECK(redis.Read("alive").empty());
  redis.Command({"XCLAIM", kStream, "slot", "dead", "0", read[0].id, "IDLE", "60001", "JUSTID"});
  CHECK(redis.Read("alive").size() == 1);
  CHECK(redis.Read("dead").empty());
}

TEST_CASE("a stream that was lost is made again", "[slot][match][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Fixture redis(*server);
  REQUIRE(redis.Wait("dm-1", {0, 3}, 1) == EnlistOutcome::kMatched);
  const std::vector<Match> lost = redis.Read("one");
  redis.Command({"DEL", kStream});
  CHECK(redis.Read("one").empty());
  CHECK(redis.Run(redis.index().AckMatch(lost[0])).ok());
  REQUIRE(redis.Wait("dm-2", {0, 3}, 1) == EnlistOutcome::kMatched);
  CHECK(redis.Read("one").size() == 1);
}

TEST_CASE("a follower behind what the shard has forgotten sees the gap", "[slot][changes][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Fixture redis(*server);
  const char changes[] = "h:{s00}:changes";
  const std::string loaded = redis.Run(redis.index().Vacancy(kRun.run))->change_id;
  REQUIRE(redis.Run(redis.index().Allocate(kRun, {"second", {0, 1}, 1}, "bk-1")).ok());
  const std::string sold = redis.Run(redis.index().Vacancy(kRun.run))->change_id;
  REQUIRE(redis.Run(redis.index().Release(kRun, "bk-1"))->released);
  CHECK_FALSE(redis.Run(redis.index().ReadChanges(0, kFirstChange, 10))->gap);
  REQUIRE(redis.Command({"XTRIM", changes, "MAXLEN", "2"}).integer() == 1);
  CHECK(redis.Run(redis.index().ReadChanges(0, kFirstChange, 10))->gap);
  CHECK(redis.Run(redis.index().ReadChanges(0, loaded, 10))->gap);
  const auto page = redis.Run(redis.index().ReadChanges(0, sold, 10));
  CHECK_FALSE(page->gap);
  CHECK(page->changes.size() == 1);
}

TEST_CASE("functions that Redis lost come back by themselves", "[slot][redis]") {
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  Fixture redis(*server);
  redis.Command({"FUNCTION", "FLUSH"});
  CHECK(redis.Run(redis.index().Snapshot(kRun, LegRange{0, 3}))->size() == 2);
}

}  // namespace houbu::slot
