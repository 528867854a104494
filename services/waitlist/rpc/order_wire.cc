#include "services/waitlist/rpc/order_wire.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"

namespace houbu::waitlist {
namespace {

v1::Order::EndReason ToWire(EndReason reason) {
  v1::Order::EndReason wire = v1::Order::END_REASON_UNSPECIFIED;
  if (reason != EndReason::kNone) {
    v1::Order::EndReason_Parse(absl::StrCat("END_REASON_", EndReasonName(reason)), &wire);
  }
  return wire;
}

void AddChoice(const Choice& choice, v1::Order& wire) {
  v1::Order::Choice& added = *wire.add_choices();
  added.set_run(choice.wish.run);
  added.set_class_code(choice.wish.class_code);
  added.set_from(choice.wish.from);
  added.set_to(choice.wish.to);
  *added.mutable_fare() = rpc::ToWire(choice.quote.fare);
  *added.mutable_departure_time() = rpc::ToWire(choice.quote.departs_at);
  added.set_demand(absl::StrCat("demands/", choice.demand));
  added.set_failure(ToWire(choice.failure));
}

void AddTraveller(const Traveller& traveller, v1::Order& wire) {
  type::v1::Traveller& added = *wire.add_travellers();
  added.set_traveller_key(traveller.key);
  added.set_passenger(traveller.passenger);
  added.set_masked_name(traveller.masked_name);
  added.set_type(static_cast<type::v1::PassengerType>(traveller.type));
}

void AddPosition(const LinePosition& position, v1::OrderExplanation::Choice& wire) {
  wire.set_in_line(true);
  wire.set_unit_class_code(position.unit_class_code);
  wire.set_passengers(position.passengers);
  wire.set_rank(position.rank);
  wire.set_in_the_way(position.in_the_way);
  for (const BlockingLeg& leg : position.blocks) {
    v1::OrderExplanation::Leg& added = *wire.add_blocking_legs();
    added.set_from(leg.from);
    added.set_from_display_name(leg.from_name);
    added.set_to(leg.to);
    added.set_to_display_name(leg.to_name);
    added.set_free(leg.free);
    added.set_needed(leg.needed);
  }
  wire.set_fragmented(position.fragmented);
  wire.set_fitting(position.fitting);
  *wire.mutable_as_of() = rpc::ToWire(position.as_of);
}

}  // namespace

absl::StatusOr<Placement> FromWire(const v1::CreateOrderRequest& request) {
  Violations violations;
  Placement placement;
  rpc::RequireCount(violations, "choices", request.choices_size(), {.min = 1, .max = 60});
  for (int i = 0; i < request.choices_size(); ++i) {
    const v1::Order::Choice& choice = request.choices(i);
    const std::string field = absl::StrCat("choices[", i, "].");
    rpc::RequireName(violations, absl::StrCat(field, "run"), choice.run(), "runs/{run}");
    rpc::RequireText(violations, absl::StrCat(field, "class_code"), choice.class_code(), 40);
    rpc::RequireText(violations, absl::StrCat(field, "from"), choice.from(), 64);
    rpc::RequireText(violations, absl::StrCat(field, "to"), choice.to(), 64);
    Wish wish;
    wish.run = choice.run();
    wish.class_code = choice.class_code();
    wish.from = choice.from();
    wish.to = choice.to();
    placement.wishes.push_back(std::move(wish));
  }
  if (!request.has_statement()) {
    violations.Add("statement", "is required: ask account for one with PURPOSE_WAIT");
  }
  if (request.has_deadline()) {
    placement.deadline = rpc::RequireTime(violations, "deadline", true, request.deadline());
  }
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  return placement;
}

std::vector<Traveller> FromWire(const type::v1::TravelStatement& statement) {
  std::vector<Traveller> travellers;
  for (const type::v1::Traveller& wire : statement.travellers()) {
    Traveller traveller;
    traveller.key = wire.traveller_key();
    traveller.passenger = wire.passenger();
    traveller.masked_name = wire.masked_name();
    traveller.type = wire.type();
    travellers.push_back(std::move(traveller));
  }
  return travellers;
}

v1::Order ToWire(const Order& order) {
  v1::Order wire;
  wire.set_name(NameOf(order));
  wire.set_etag(absl::StrCat(order.version));
  *wire.mutable_create_time() = rpc::ToWire(order.created_at);
  *wire.mutable_pay_by_time() = rpc::ToWire(order.pay_by);
  v1::Order::State state = v1::Order::STATE_UNSPECIFIED;
  v1::Order::State_Parse(absl::StrCat("STATE_", OrderStateName(order.state)), &state);
  wire.set_state(state);
  wire.set_end_reason(ToWire(order.end_reason));
  wire.set_account(order.account);
  for (const Choice& choice : order.choices) {
    AddChoice(choice, wire);
  }
  for (const Traveller& traveller : order.travellers) {
    AddTraveller(traveller, wire);
  }
  *wire.mutable_prepayment() = rpc::ToWire(order.prepayment);
  wire.set_payment(order.payment);
  if (order.effective_at != absl::InfiniteFuture()) {
    *wire.mutable_effective_time() = rpc::ToWire(order.effective_at);
  }
  *wire.mutable_deadline() = rpc::ToWire(order.deadline);
  wire.set_booking(order.booking);
  if (order.state == OrderState::kServed) {
    *wire.mutable_fare_paid() = rpc::ToWire(order.fare_paid);
  }
  if (order.ended_at != absl::InfiniteFuture()) {
    *wire.mutable_end_time() = rpc::ToWire(order.ended_at);
  }
  return wire;
}

v1::OrderExplanation ToWire(const OrderExplanation& explanation) {
  v1::OrderExplanation wire;
  const v1::Order order = ToWire(explanation.order);
  wire.set_order(order.name());
  wire.set_state(order.state());
  for (int i = 0; i < order.choices_size(); ++i) {
    v1::OrderExplanation::Choice& choice = *wire.add_choices();
    *choice.mutable_choice() = order.choices(i);
    const std::optional<LinePosition>& position =
        explanation.positions[static_cast<std::size_t>(i)];
    if (position.has_value()) AddPosition(*position, choice);
  }
  return wire;
}

}  // namespace houbu::waitlist
