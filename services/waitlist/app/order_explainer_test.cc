#include "services/waitlist/app/order_explainer.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "libs/testing/run_task.h"
#include "services/waitlist/app/memory_order_store.h"

namespace houbu::waitlist {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);

/// A line in which some demands stand.
class KnownLine final : public Line {
 public:
  Task<std::optional<LinePosition>> Find(std::string demand) override {
    if (away) co_return absl::UnavailableError("slot is away");
    std::optional<LinePosition> position;
    const auto found = positions.find(demand);
    if (found != positions.end()) position = found->second;
    co_return position;
  }

  std::map<std::string, LinePosition> positions;
  bool away = false;
};

/// An order of accounts/ac-1 with three choices: the second is over, the third on its way to slot.
class Fixture {
 public:
  explicit Fixture(OrderState state) {
    Order order;
    order.id = OrderId("wo-1");
    order.version = 1;
    order.account = "accounts/ac-1";
    order.state = state;
    for (int i = 1; i <= 3; ++i) {
      Choice choice;
      choice.demand = absl::StrCat("dm-", i);
      order.choices.push_back(std::move(choice));
    }
    order.choices[1].failure = EndReason::kItineraryConflict;
    Step step;
    step.order = std::move(order);
    REQUIRE(testing::RunTask(store_.Save(std::move(step), std::nullopt, kNow)).ok());
    LinePosition second;
    second.rank = 2;
    second.blocks.push_back(BlockingLeg{"VNP", "北京南", "JNK", "济南西", 0, 1});
    line.positions["dm-1"] = second;
    line.positions["dm-2"] = second;
  }

  absl::StatusOr<OrderExplanation> Explain(const std::string& account) {
    return testing::RunTask(explainer_.ExplainToOwner(OrderId("wo-1"), account));
  }
  absl::StatusOr<OrderExplanation> ExplainToSupport(const std::string& id) {
    return testing::RunTask(explainer_.Explain(OrderId(id)));
  }

  KnownLine line;

 private:
  MemoryOrderStore store_;
  OrderExplainer explainer_{store_, line};
};

}  // namespace

TEST_CASE("an owner learns which leg blocks each choice that stands in line", "[waitlist][X-17]") {
  Fixture fixture(OrderState::kWaiting);
  const OrderExplanation told = fixture.Explain("accounts/ac-1").value();
  REQUIRE(told.positions.size() == 3);
  REQUIRE(told.positions[0].has_value());
  CHECK(told.positions[0]->rank == 2);
  REQUIRE(told.positions[0]->blocks.size() == 1);
  CHECK(told.positions[0]->blocks[0].from == "VNP");
  CHECK_FALSE(told.positions[1].has_value());
  CHECK_FALSE(told.positions[2].has_value());
}

TEST_CASE("nothing stands in line of an order that does not wait", "[waitlist][X-17]") {
  const auto state = GENERATE(OrderState::kPendingPayment, OrderState::kServed,
                              OrderState::kWithdrawn, OrderState::kFailed, OrderState::kLapsed);
  Fixture fixture(state);
  const OrderExplanation told = fixture.Explain("accounts/ac-1").value();
  CHECK(told.order.state == state);
  REQUIRE(told.positions.size() == 3);
  for (const auto& position : told.positions) CHECK_FALSE(position.has_value());
}

TEST_CASE("an order is explained to its owner and to support, to nobody else", "[waitlist][X-17]") {
  Fixture fixture(OrderState::kWaiting);
  CHECK(ReasonOf(fixture.Explain("accounts/ac-2").status()) == "ORDER_NOT_FOUND");
  CHECK(ReasonOf(fixture.ExplainToSupport("wo-2").status()) == "ORDER_NOT_FOUND");
  CHECK(fixture.ExplainToSupport("wo-1").ok());
}

TEST_CASE("while slot is away nothing is explained wrongly", "[waitlist][X-17]") {
  Fixture fixture(OrderState::kWaiting);
  fixture.line.away = true;
  CHECK(absl::IsUnavailable(fixture.Explain("accounts/ac-1").status()));
}

}  // namespace houbu::waitlist
