#include "services/waitlist/domain/life.h"

#include <algorithm>
#include <utility>

#include "libs/base/status_macros.h"

namespace houbu::waitlist {
namespace {

bool IsLive(const Choice& choice) { return choice.failure == EndReason::kNone; }

/// Free appointments are waited for without a prepayment: nothing to pay, to keep or to give back.
bool IsPrepaid(const Order& order) { return order.prepayment.minor_units > 0; }

/// Makes an order effective: its choices join the line and its owner is told.
void TakeEffect(Step& step, absl::Time effective_at) {
  step.order.state = OrderState::kWaiting;
  step.order.effective_at = effective_at;
  for (std::size_t i = 0; i < step.order.choices.size(); ++i) {
    step.effects.push_back(DemandEnlisted{i});
  }
  step.effects.push_back(OwnerTold{});
}

/// Ends a waiting order without a booking: whatever is in line leaves it, all money goes back.
Step EndWaiting(Order order, OrderState state, EndReason reason, absl::Time now) {
  Step step;
  for (std::size_t i = 0; i < order.choices.size(); ++i) {
    if (IsLive(order.choices[i])) {
      step.effects.push_back(DemandWithdrawn{i});
    }
  }
  order.state = state;
  order.end_reason = reason;
  order.ended_at = now;
  if (IsPrepaid(order)) {
    step.effects.push_back(PaymentReturned{});
  }
  step.effects.push_back(OwnerTold{});
  step.order = std::move(order);
  return step;
}

/// Ends an order nobody paid.
Step EndUnpaid(Order order, OrderState state, EndReason reason, absl::Time now) {
  Step step;
  order.state = state;
  order.end_reason = reason;
  order.ended_at = now;
  step.effects.push_back(PaymentClosed{});
  step.effects.push_back(OwnerTold{});
  step.order = std::move(order);
  return step;
}

}  // namespace

absl::StatusOr<Step> Open(Opening opening, absl::Time now, const WaitlistPolicy& policy) {
  Step step;
  Order& order = step.order;
  order.id = std::move(opening.id);
  order.account = std::move(opening.account);
  order.payment = std::move(opening.payment);
  order.choices = std::move(opening.application.choices);
  order.travellers = std::move(opening.application.travellers);
  ASSIGN_OR_RETURN(order.prepayment, PrepaymentOf(order.choices, order.travellers.size()));
  order.created_at = now;
  order.pay_by = now + policy.pay_window;
  order.deadline = std::min(opening.application.deadline, LatestDeadline(order.choices, policy));
  if (IsPrepaid(order)) {
    step.effects.push_back(PaymentOpened{});
  } else {
    TakeEffect(step, now);
  }
  return step;
}

Step Pay(Order order, absl::Time paid_at) {
  Step step;
  if (order.state != OrderState::kPendingPayment || paid_at > order.pay_by) {
    step.effects.push_back(PaymentReturned{.late = true});
    step.order = std::move(order);
    return step;
  }
  step.order = std::move(order);
  TakeEffect(step, paid_at);
  return step;
}

std::optional<Step> Serve(Order order, const Found& found, absl::Time now) {
  const bool over = order.state != OrderState::kWaiting || now >= order.deadline;
  const auto served = std::find_if(
      order.choices.begin(), order.choices.end(),
      [&found](const Choice& choice) { return choice.demand == found.demand && IsLive(choice); });
  if (over || served == order.choices.end()) {
    return std::nullopt;
  }
  // It may have been long on its way: nobody pays for a run that left, or more than was prepaid.
  const bool covered = found.total.currency == order.prepayment.currency &&
                       found.total.minor_units <= order.prepayment.minor_units;
  if (now >= served->quote.departs_at || !covered) {
    return std::nullopt;
  }
  Step step;
  for (std::size_t i = 0; i < order.choices.size(); ++i) {
    if (IsLive(order.choices[i]) && order.choices[i].demand != found.demand) {
      step.effects.push_back(DemandWithdrawn{i});
    }
  }
  order.state = OrderState::kServed;
  order.served_demand = found.demand;
  order.booking = found.booking;
  order.fare_paid = found.total;
  order.ended_at = now;
  if (IsPrepaid(order)) {
    step.effects.push_back(PaymentSettled{});
  }
  step.effects.push_back(OwnerTold{});
  step.order = std::move(order);
  return step;
}

std::optional<Step> FailChoice(Order order, absl::string_view demand, EndReason reason,
                               absl::Time now) {
  if (order.state != OrderState::kWaiting) {
    return std::nullopt;
  }
  for (Choice& choice : order.choices) {
    if (absl::string_view(choice.demand) == demand) {
      choice.failure = reason;
    }
  }
  if (std::any_of(order.choices.begin(), order.choices.end(), IsLive)) {
    Step step;
    step.order = std::move(order);
    return step;
  }
  return EndWaiting(std::move(order), OrderState::kFailed, reason, now);
}

std::optional<Step> Terminate(Order order, absl::Time now) {
  switch (order.state) {
    case OrderState::kPendingPayment:
      return EndUnpaid(std::move(order), OrderState::kWithdrawn, EndReason::kOwner, now);
    case OrderState::kWaiting:
      return EndWaiting(std::move(order), OrderState::kWithdrawn, EndReason::kOwner, now);
    case OrderState::kServed:
    case OrderState::kWithdrawn:
    case OrderState::kFailed:
    case OrderState::kLapsed:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Step> Expire(Order order, absl::Time now) {
  if (order.state == OrderState::kPendingPayment && now > order.pay_by + kCallbackGrace) {
    return EndUnpaid(std::move(order), OrderState::kLapsed, EndReason::kNotPaid, now);
  }
  if (order.state == OrderState::kWaiting && now >= order.deadline) {
    return EndWaiting(std::move(order), OrderState::kFailed, EndReason::kNotEnoughPlaces, now);
  }
  return std::nullopt;
}

}  // namespace houbu::waitlist
