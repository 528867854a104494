/// The use cases on PostgreSQL with the index on Redis, guarded as in the service; for tests only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/redis/client.h"
#include "libs/testing/test_redis.h"
#include "services/slot/app/direct_inventory.h"
#include "services/slot/app/guarded_index.h"
#include "services/slot/app/index_diff.h"
#include "services/slot/app/index_rebuild.h"
#include "services/slot/storage/postgres_homes.h"
#include "services/slot/storage/postgres_states.h"
#include "services/slot/storage/redis_homes.h"
#include "services/slot/storage/redis_inventory.h"
#include "services/slot/storage/test_scene.h"

namespace houbu::slot {

/// One process of slot: what it has of its own, on the record of a scene.
class RedisProcess final {
 public:
  /// `scene` must outlive this. Nothing needs to be at `host` and `port`.
  RedisProcess(Scene& scene, std::string host, int port, DirectPolicy limits = {})
      : scene_(scene),
        client(scene.loop.get_executor(), At(std::move(host), port)),
        direct(scene.inventory, scene.clock, limits) {
    static_cast<void>(scene_.Run(redis.Prepare()));
  }

  ~RedisProcess() {
    client.Close();
    scene_.loop.restart();
    scene_.loop.poll();
  }

  RedisProcess(const RedisProcess&) = delete;
  RedisProcess& operator=(const RedisProcess&) = delete;

  /// Books; gives the booking as it is kept.
  absl::StatusOr<Booking> Book(const Wish& wish) {
    BookingWish asked;
    asked.origin.account = wish.account;
    asked.run = RunId(wish.run);
    asked.class_code = wish.class_code;
    asked.from = wish.from;
    asked.to = wish.to;
    asked.statement.payload = wish.travellers;
    asked.positions = wish.positions;
    const auto id = scene_.Run(creation.Create(asked, scene_.Answer(scene_.Key(wish.request))));
    if (!id.ok()) return id.status();
    return scene_.Load(BookingId(*id));
  }

  /// Cancels.
  void Cancel(const Booking& booking) {
    CancellationWish wish;
    wish.origin.account = booking.account;
    wish.booking = booking.id;
    wish.reason = "行程有变";
    REQUIRE(scene_.Run(cancellation.Cancel(wish, scene_.Answer(scene_.Key()))).ok());
  }

  /// Puts a demand in line; effective at `micros` after the scene's clock.
  void Enlist(const std::string& id, const Wish& wish, int micros) {
    Enlistment enlistment;
    enlistment.id = DemandId(id);
    enlistment.wish.run = RunId(wish.run);
    enlistment.wish.class_code = wish.class_code;
    enlistment.wish.from = wish.from;
    enlistment.wish.to = wish.to;
    enlistment.order = absl::StrCat("waitlistOrders/of-", id);
    enlistment.account = wish.account;
    enlistment.payment = absl::StrCat("payments/of-", id);
    SignedStatement statement;
    statement.payload = wish.travellers;
    enlistment.travellers =
        scene_.statements.Verify(statement, wish.account, scene_.clock.Now()).value();
    enlistment.effective_at = scene_.clock.Now() + absl::Microseconds(micros);
    REQUIRE(scene_.Run(line.Enlist(enlistment, scene_.DemandAnswer())).ok());
  }

  /// Lets matches come to the record.
  void Match() { REQUIRE(scene_.Run(matching.ReadAll()).ok()); }

  /// What is wrong with the whole inventory; empty when nothing is.
  std::vector<std::string> Wrongs() {
    const InventoryReport report = scene_.Run(keeper.Check(std::nullopt)).value();
    std::vector<std::string> wrongs = report.audit.differences;
    if (report.audit.oversold != 0) wrongs.push_back("oversold");
    if (report.audit.servable_waiting != 0) wrongs.push_back("servable waiting");
    if (report.audit.conservation_error() != 0) wrongs.push_back("conservation");
    return wrongs;
  }

 private:
  static redis::Options At(std::string host, int port) {
    redis::Options options;
    options.host = std::move(host);
    options.port = port;
    options.backoff_max = absl::Milliseconds(50);
    return options;
  }

  GuardWatch Watch() {
    GuardWatch watch;
    watch.moved = [this](const IndexHome&, const ShownHome&) { ++moves; };
    return watch;
  }

  Scene& scene_;

 public:
  static constexpr int kShards = 4;

  int moves = 0;  ///< How many shards got a new home.
  redis::Client client;
  RedisInventory redis{client, kShards};
  RedisHomes servers{client, kShards};
  PostgresHomes homes{scene_.pool, scene_.clock};
  GuardedIndex index{GuardedIndex::Tools{redis, servers, homes, GuardPolicy(), Watch()}};
  DirectInventory direct;
  FreshIndex fresh_index{index, scene_.inventory, &direct};
  BookingTools tools = Tools();
  BookingCreation creation{tools, scene_.statements};
  Cancellation cancellation{tools};
  DemandLine line{tools, scene_.demands};
  Matching matching{tools, scene_.demands, "reader-redis"};
  PostgresStates states{scene_.pool, scene_.clock};
  IndexRebuild rebuild{IndexRebuild::Tools{index, states, RebuildPolicy(), nullptr}};
  IndexDiff diff{
      IndexDiff::Tools{scene_.clock, index, scene_.inventory, states, rebuild, DiffWatch()}};
  IndexKeeper keeper{IndexKeeper::Tools{
      scene_.clock, scene_.record, index, scene_.inventory, fresh_index, KeeperPolicy(), &rebuild,
      [this](const std::string& run) { return servers.ShardOf(run); }}};

 private:
  BookingTools Tools() {
    BookingTools made = scene_.tools;
    return BookingTools{made.clock,     made.ids,    made.record, made.runs,  made.bookings,
                        made.inventory, fresh_index, index,       made.policy};
  }
};

/// The test's own hand on the server: what an operator, a crash or an enemy does to it.
class RedisHand final {
 public:
  explicit RedisHand(Scene& scene, const testing::TestRedis& server)
      : scene_(scene), client_(scene.loop.get_executor(), At(server)) {}

  ~RedisHand() {
    client_.Close();
    scene_.loop.restart();
    scene_.loop.poll();
  }

  RedisHand(const RedisHand&) = delete;
  RedisHand& operator=(const RedisHand&) = delete;

  /// Sends a command that must succeed.
  redis::Reply Do(std::vector<std::string> argv) {
    const auto reply = scene_.Run(client_.Call(std::move(argv)));
    REQUIRE(reply.status() == absl::OkStatus());
    return *reply;
  }

  /// The keys there are.
  std::vector<std::string> Keys(const std::string& pattern) {
    return Do({"KEYS", pattern}).Texts().value();
  }

  /// Keeps a copy of all there is.
  void Remember() {
    kept_.clear();
    for (const std::string& key : Keys("*")) {
      kept_.emplace_back(key, Do({"DUMP", key}).text());
    }
  }

  /// Makes all there is what it was when it was remembered; the server stays the same.
  void ThrowBack() {
    Do({"FLUSHALL"});
    for (const auto& [key, value] : kept_) Do({"RESTORE", key, "0", value});
  }

  /// Makes the server a replica of nobody and promotes it: it is another one then.
  void Promote() {
    Do({"REPLICAOF", "127.0.0.1", "1"});
    Do({"REPLICAOF", "NO", "ONE"});
  }

  /// Cuts everybody's connections but this one.
  void Cut() { Do({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}); }

 private:
  static redis::Options At(const testing::TestRedis& server) {
    redis::Options options;
    options.host = server.host();
    options.port = server.port();
    return options;
  }

  Scene& scene_;
  redis::Client client_;
  std::vector<std::pair<std::string, std::string>> kept_;
};

}  // namespace houbu::slot
