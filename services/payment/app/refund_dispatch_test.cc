#include "services/payment/app/refund_dispatch.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/payment/app/world_subject.h"

namespace houbu::payment {
namespace {

RefundsDue Due(int fresh, int asked) {
  RefundsDue due;
  for (int i = 1; i <= fresh; ++i) due.fresh.emplace_back(absl::StrCat("f", i));
  for (int i = 1; i <= asked; ++i) due.asked.emplace_back(absl::StrCat("a", i));
  return due;
}

std::string Order(const RefundsDue& due, int count_max) {
  std::string order;
  for (const RefundId& id : TakeTurns(due, count_max)) absl::StrAppend(&order, id.value(), " ");
  return order;
}

// So many refunds that are due.
void Decide(TestWorld& world, int count) {
  for (int i = 1; i <= count; ++i) {
    const PaymentId id = world.Paid(absl::StrCat("py-", i), 1000);
    REQUIRE(world.GiveBack(id, RefundReason::kCancelled).ok());
  }
  REQUIRE(world.opened.ok());
}

absl::Status Round(TestWorld& world) { return testing::RunTask(world.dispatch.Round()); }

TEST_CASE("Neither new refunds nor those asked after wait for the other", "[payment][W-14]") {
  CHECK(Order(Due(9, 9), 8) == "f1 f2 f3 a1 f4 f5 f6 a2 ");
  CHECK(Order(Due(1, 9), 4) == "f1 a1 a2 a3 ");
  CHECK(Order(Due(9, 0), 5) == "f1 f2 f3 f4 f5 ");
  CHECK(Order(Due(9, 1), 6) == "f1 f2 f3 a1 f4 f5 ");
  CHECK(Order(Due(0, 0), 5).empty());
}

TEST_CASE("All that is due is asked for once, several at a time", "[payment][W-14][X-07]") {
  TestWorld world;
  Decide(world, 40);
  REQUIRE(Round(world).ok());
  CHECK(world.provider.refunds().size() == 40);
  CHECK(world.provider.refund_requests == 40);
  for (const auto& [id, refund] : world.store.refunds()) CHECK(refund.asked);
}

TEST_CASE("A provider that is away is asked by one at a time until it is there again",
          "[payment][W-14]") {
  TestWorld world;
  Decide(world, 40);
  world.provider.away = true;
  REQUIRE(Round(world).ok());
  CHECK(world.provider.refund_requests <= RefundDispatchOptions().concurrency_max);
  const int before = world.provider.refund_requests;
  REQUIRE(Round(world).ok());
  CHECK(world.provider.refund_requests == before + 1);
  world.provider.away = false;
  world.clock.Advance(absl::Minutes(1));
  REQUIRE(Round(world).ok());
  CHECK(world.provider.refunds().size() == 40);
}

TEST_CASE("Who asks too fast is refused, waits and loses nothing", "[payment][W-14][X-07]") {
  TestWorld world;
  Decide(world, 40);
  world.provider.refund_requests_left = 10;
  REQUIRE(Round(world).ok());
  CHECK(world.provider.refunds().size() == 10);
  CHECK(world.provider.refund_requests <= 10 + RefundDispatchOptions().concurrency_max);
  world.provider.refund_requests_left = 1000;
  world.clock.Advance(absl::Minutes(1));
  REQUIRE(Round(world).ok());
  CHECK(world.provider.refunds().size() == 40);
}

TEST_CASE("What requests about refunds come to is heard of", "[payment][W-14]") {
  TestWorld world;
  Decide(world, 2);
  std::vector<std::string> heard;
  RefundDispatchOptions options;
  options.concurrency_max = 1;
  options.watch = [&heard](absl::string_view outcome) { heard.emplace_back(outcome); };
  RefundDispatch dispatch(world.store, world.clock, Channel::kSandbox, world.provider, world.facts,
                          options);
  world.provider.away = true;
  REQUIRE(testing::RunTask(dispatch.Round()).ok());
  world.provider.away = false;
  world.clock.Advance(absl::Minutes(1));
  world.provider.refund_requests_left = 1;
  REQUIRE(testing::RunTask(dispatch.Round()).ok());
  REQUIRE(testing::RunTask(dispatch.Round()).ok());
  CHECK(heard == std::vector<std::string>{"AWAY", "ANSWERED", "BUSY"});
}

TEST_CASE("A channel asks for its own refunds and leaves the others'", "[payment][W-14]") {
  TestWorld world;
  Decide(world, 3);
  MemoryProvider other;
  RefundDispatch dispatch(world.store, world.clock, Channel::kWechatPay, other, world.facts,
                          RefundDispatchOptions());
  REQUIRE(testing::RunTask(dispatch.Round()).ok());
  CHECK(other.refund_requests == 0);
  CHECK(world.provider.refund_requests == 0);
}

TEST_CASE("Refunds of a batch are followed together, also of money that comes later",
          "[payment][W-14]") {
  TestWorld world;
  RefundCommand command;
  command.service = "slot";
  command.batch = "runs/rn-1";
  command.id = world.Paid("py-1", 1000);
  REQUIRE(testing::RunTask(world.refunding.Refund(command, world.ForRefund())).ok());
  command.id = world.Open("py-2", 500);
  REQUIRE(world.Start(command.id).ok());
  REQUIRE(testing::RunTask(world.refunding.Refund(command, world.ForRefund())).ok());
  BatchProgress progress = *testing::RunTask(world.lookup.Batch("runs/rn-1"));
  REQUIRE(progress.lines.size() == 1);
  CHECK(progress.lines[0].amount == Fen(1000));
  REQUIRE(world.CallBack(command.id, world.provider.Pay(command.id, world.clock.Now())).ok());
  world.Work();
  REQUIRE(world.opened.ok());
  progress = *testing::RunTask(world.lookup.Batch("runs/rn-1"));
  REQUIRE(progress.lines.size() == 1);
  CHECK(progress.lines[0].stage == RefundStage::kSucceeded);
  CHECK(progress.lines[0].refunds == 2);
  CHECK(progress.lines[0].amount == Fen(1500));
  CHECK(!progress.oldest_pending.has_value());
}

}  // namespace
}  // namespace houbu::payment
