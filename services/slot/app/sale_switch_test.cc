// The switch in memory: what the index says of a sale in the end is what the record says.
#include "services/slot/app/sale_switch.h"

#include <functional>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "services/slot/app/memory_inventory.h"
#include "services/slot/app/memory_record.h"

namespace houbu::slot {
namespace {

/// A record into which somebody writes between a commit and its telling.
struct Overtaken {
  Overtaken() {
    MemoryRun train;
    train.run.id = RunId("g1");
    train.run.departs_at = clock.Now() + absl::Hours(48);
    train.run.stops.resize(3);
    train.run.classes = {RunClass{"standing", ClassKind::kCounted, 2}};
    record.Open(std::move(train));
  }

  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return testing::RunTask(loop, std::move(task));
  }

  RequestKey Key() {
    RequestKey key;
    key.caller = "operator";
    key.method = "/m";
    key.request_id = std::to_string(++requests);
    return key;
  }

  SaleChange To(Sale sale) const {
    SaleChange change;
    change.run = RunId("g1");
    change.sale = sale;
    return change;
  }

  // Turns the switch, with `meanwhile` done once the record says so.
  void Turn(Sale sale, std::function<void()> meanwhile) {
    Mutation<SaleChange> mutation;
    mutation.key = Key();
    mutation.render = [](const SaleChange&) { return std::string(); };
    boost::asio::io_context other;
    const Committed committed = [&] {
      StoredAnswer answer;
      answer.key = mutation.key;
      return testing::RunTask(other, record.SetSale(To(sale), answer, clock.Now())).value();
    }();
    meanwhile();
    REQUIRE(Run(sales.TellIndex(To(sale), committed)).ok());
  }

  Sale InIndex() { return Run(index.FullState("g1")).value().state.sale; }

  boost::asio::io_context loop{1};
  testing::ManualClock clock{
      absl::FromCivil(absl::CivilMinute(2026, 11, 20, 2, 0), absl::UTCTimeZone())};
  MemoryRecord record{clock};
  MemoryInventory index{clock};
  FreshIndex fresh_index{index, record};
  SaleSwitch sales{SaleSwitch::Tools{clock, record, record, fresh_index}};
  int requests = 0;
};

}  // namespace

TEST_CASE("who tells the index late tells it what the record says by then", "[slot][sale]") {
  Overtaken scene;
  scene.Turn(Sale::kClosed, [] {});
  REQUIRE(scene.InIndex() == Sale::kClosed);
  // Opened after it was closed, and told before that was.
  scene.Turn(Sale::kClosed, [&scene] { scene.Turn(Sale::kOpen, [] {}); });
  CHECK(scene.InIndex() == Sale::kOpen);
  CHECK(scene.Run(scene.record.ReadSale(RunId("g1"))).value() == Sale::kOpen);
  // All of it is paid.
  CHECK(scene.Run(scene.record.ToRebuild(scene.clock.Now(), 10)).value().empty());
}

}  // namespace houbu::slot
