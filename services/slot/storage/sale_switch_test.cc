// Runs closed to new buyers: nobody newly buys, with the index, after its loss and without it; who
// waits is served all the while, and opening the run again is as if nothing had been.
#include "services/slot/app/sale_switch.h"

#include <memory>
#include <string>

#include "services/slot/storage/test_redis_process.h"

namespace houbu::slot {
namespace {

constexpr int kNobodyThere = 1;

Wish For(const std::string& travellers) {
  Wish wish;
  wish.travellers = travellers;
  return wish;
}

Mutation<SaleChange> Answering(RequestKey key) {
  Mutation<SaleChange> mutation;
  mutation.key = std::move(key);
  mutation.render = [](const SaleChange& change) {
    return change.run.value() + (change.sale == Sale::kClosed ? " closed" : " open");
  };
  return mutation;
}

/// An operator at one process' switch.
struct Operator {
  Operator(Scene& on, FreshIndex& fresh_index)
      : scene(on), sales(SaleSwitch::Tools{on.clock, on.record, on.inventory, fresh_index}) {}

  /// Turns it; the answer, or the reason it was refused for.
  std::string Turn(const std::string& run, Sale sale, const std::string& request = "") {
    SaleChange change;
    change.run = RunId(run);
    change.sale = sale;
    const std::string fingerprint = run + (sale == Sale::kClosed ? "/c" : "/o");
    const auto answer = scene.Run(sales.Turn(change, Answering(scene.Key(request, fingerprint))));
    return answer.ok() ? *answer : std::string(ReasonOf(answer.status()));
  }
  std::string Close() { return Turn("g1", Sale::kClosed); }
  std::string Reopen() { return Turn("g1", Sale::kOpen); }

  Scene& scene;
  SaleSwitch sales;
};

// What the record owes the index.
std::int64_t Debts(Scene& scene) {
  return scene.Run(scene.pool.Query("SELECT count(*) AS debts FROM index_debts"))
      .value()
      .row(0)
      .Int64("debts");
}

std::string QuoteReason(Scene& scene, DemandLine& line) {
  DemandWish wish;
  wish.run = RunId("g1");
  wish.class_code = "second";
  wish.from = "a";
  wish.to = "c";
  return ReasonOfOutcome(scene.Run(line.Quote(wish)));
}

// Closes a run half of which is sold, lets a place become free, and opens it again.
void CheckClosing(Scene& scene, RedisProcess& slot) {
  Operator closing(scene, slot.fresh_index);
  const Booking pair = slot.Book(For("t1,t2")).value();
  const Booking third = slot.Book(For("t3")).value();
  slot.Enlist("dm-1", For("t4,t5,t6"), 1);
  CHECK(closing.Close() == "g1 closed");
  CHECK(Debts(scene) == 0);
  CHECK(ReasonOfOutcome(slot.Book(For("t7"))) == "RUN_CLOSED");
  CHECK(QuoteReason(scene, slot.line) == "RUN_CLOSED");
  slot.Cancel(pair);
  slot.Match();
  CHECK(scene.LoadDemand("dm-1").state == DemandState::kMatched);
  slot.Cancel(third);
  CHECK(ReasonOfOutcome(slot.Book(For("t7"))) == "RUN_CLOSED");
  CHECK(slot.Wrongs().empty());
  CHECK(closing.Reopen() == "g1 open");
  CHECK(QuoteReason(scene, slot.line).empty());
  CHECK(slot.Book(For("t7")).ok());
  CHECK(slot.Wrongs().empty());
}

}  // namespace

TEST_CASE("a closed run sells to nobody new, serves its line, and sells again when it is reopened",
          "[slot][sale][W-05][R-05]") {
  const auto scene = Scene::OrSkip();
  const auto server = testing::TestRedis::OrSkip();
  if (!scene || !server) return;
  RedisHand hand(*scene, *server);
  RedisProcess slot(*scene, server->host(), server->port());
  REQUIRE(scene->Run(slot.index.Check()).ok());
  scene->clock.Advance(absl::Seconds(3));
  CheckClosing(*scene, slot);
}

TEST_CASE("an index that is lost is closed again when it is rebuilt", "[slot][sale][index]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Operator closing(*scene, scene->fresh_index);
  REQUIRE(scene->Book(For("t1")).ok());
  REQUIRE(closing.Close() == "g1 closed");
  scene->index.Lose();
  CHECK(ReasonOfOutcome(scene->Book(For("t2"))) == "RUN_CLOSED");
  CHECK(scene->Wrongs().empty());
  PostgresStates states(scene->pool, scene->clock);
  const std::vector<RunId> runs(1, RunId("g1"));
  CHECK(scene->Run(states.Read(runs)).value().at(0).state.sale == Sale::kClosed);
}

TEST_CASE("without an index a closed run sells to nobody either, nor when the index is back",
          "[slot][sale][direct]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  RedisProcess slot(*scene, "127.0.0.1", kNobodyThere);
  Operator closing(*scene, slot.fresh_index);
  const Booking early = scene->Book(For("t1")).value();
  CHECK(closing.Close() == "g1 closed");
  CHECK(ReasonOfOutcome(slot.Book(For("t2"))) == "RUN_CLOSED");
  CHECK(Debts(*scene) > 0);
  // Another process' index was never told, and is void.
  CHECK(ReasonOfOutcome(scene->Book(For("t2"))) == "RUN_CLOSED");
  CHECK(closing.Reopen() == "g1 open");
  CHECK(slot.Book(For("t2")).ok());
  // What the index is owed by then it is paid.
  scene->clock.Advance(absl::Seconds(4));
  REQUIRE(scene->Run(scene->keeper.RebuildOwed(10)).value() == 1);
  CHECK(Debts(*scene) == 0);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("closing is done once for each request, and stays done when it is asked for twice",
          "[slot][sale]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Operator closing(*scene, scene->fresh_index);
  CHECK(closing.Turn("g1", Sale::kClosed, "rq-close") == "g1 closed");
  CHECK(closing.Close() == "g1 closed");
  CHECK(closing.Turn("g1", Sale::kOpen, "rq-open") == "g1 open");
  // Sent again it is answered again, and changes nothing.
  CHECK(closing.Turn("g1", Sale::kClosed, "rq-close") == "g1 closed");
  CHECK(scene->Book(For("t1")).ok());
  CHECK(closing.Turn("g3", Sale::kClosed, "rq-close") == "REQUEST_ID_REUSED");
  CHECK(closing.Turn("g9", Sale::kClosed) == "RUN_NOT_FOUND");
}

TEST_CASE("a search says of a closed run that its sale was stopped, and counts what is left",
          "[slot][sale][search][W-02]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Operator closing(*scene, scene->fresh_index);
  const absl::CivilDay day(2026, 12, 1);
  const auto look = [&] {
    return scene->Run(scene->search.Find("pek", "exit-card", day, scene->clock.Now())).value();
  };
  REQUIRE(look().windows.at(0).on_sale);
  REQUIRE(closing.Turn("w1", Sale::kClosed) == "w1 closed");
  const WindowDay stopped = look();
  CHECK(stopped.windows.at(0).sale == SaleState::kStopped);
  CHECK_FALSE(stopped.windows.at(0).on_sale);
  CHECK(stopped.windows.at(0).free == 2);
  REQUIRE(closing.Turn("w1", Sale::kOpen) == "w1 open");
  CHECK(look().windows.at(0).sale == SaleState::kOpen);
}

}  // namespace houbu::slot
