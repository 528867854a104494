// Many at once on one train, on real PostgreSQL and on both kinds of index.
#include <map>

#include <boost/asio/co_spawn.hpp>

#include "libs/redis/client.h"
#include "libs/testing/test_redis.h"
#include "services/slot/storage/redis_inventory.h"
#include "services/slot/storage/test_scene.h"

namespace houbu::slot {
namespace {

constexpr int kBuyers = 24;

// Lets everybody ask for a seat at once; gives how often each answer was given.
std::map<std::string, int> AskAtOnce(Scene& scene, BookingCreation& creation) {
  std::map<std::string, int> answers;
  int left = kBuyers;
  for (int i = 0; i < kBuyers; ++i) {
    BookingWish wish;
    wish.origin.account = "accounts/ac-1";
    wish.run = RunId("g1");
    wish.class_code = "second";
    wish.from = "a";
    wish.to = i % 2 == 0 ? "c" : "b";
    wish.statement.payload = absl::StrCat("r", i);
    boost::asio::co_spawn(
        scene.loop, creation.Create(wish, scene.Answer(scene.Key())),
        [&answers, &left](std::exception_ptr, absl::StatusOr<std::string> answer) {
          ++answers[answer.ok() ? "OK" : std::string(ReasonOf(answer.status()))];
          --left;
        });
  }
  scene.loop.restart();
  while (left > 0 && scene.loop.run_one() > 0) {
  }
  return answers;
}

// What must hold whoever was first: all seats are sold, nobody is turned away for another reason.
void CheckFair(Scene& scene, IndexKeeper& keeper, std::map<std::string, int> answers) {
  CHECK(answers["OK"] == 4);
  CHECK(answers["SOLD_OUT"] == kBuyers - 4);
  const InventoryReport report = scene.Run(keeper.Check(std::nullopt)).value();
  CHECK(report.audit.oversold == 0);
  CHECK(report.audit.conservation_error() == 0);
  CHECK(report.audit.differences.empty());
}

}  // namespace

TEST_CASE("of many buyers at once as many get a seat as there are seats",
          "[slot][race][X-01][X-18]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  CheckFair(*scene, scene->keeper, AskAtOnce(*scene, scene->creation));
}

TEST_CASE("of many buyers at once on Redis as many get a seat as there are seats",
          "[slot][race][X-01][X-18]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const auto server = testing::TestRedis::OrSkip();
  if (!server) return;
  redis::Options options;
  options.host = server->host();
  options.port = server->port();
  redis::Client client(scene->loop.get_executor(), options);
  RedisInventory index(client, 4);
  REQUIRE(scene->Run(index.Prepare()).ok());
  FreshIndex fresh_index(index, scene->inventory);
  const BookingTools tools{scene->clock, scene->ids,      scene->record,
                           scene->runs,  scene->bookings, scene->inventory,
                           fresh_index,  index,           scene->policy};
  BookingCreation creation(tools, scene->statements);
  IndexKeeper keeper(IndexKeeper::Tools{scene->clock, scene->record, index, scene->inventory,
                                        fresh_index, KeeperPolicy()});
  CheckFair(*scene, keeper, AskAtOnce(*scene, creation));
  client.Close();
}

}  // namespace houbu::slot
