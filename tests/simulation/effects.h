/// What services cause at each other: effects of one become calls to the use cases of another, as
/// the peers room and the handlers have it.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "tests/simulation/world.h"

namespace houbu::simulation {

/// Turns an effect of slot into a call; none for messages, and none to account.
class SlotCalls final {
 public:
  SlotCalls(World& world, const slot::EffectContext& context)
      : world_(world), id_(context.seed), key_(World::Key("services/slot", "", id_)) {}

  std::optional<OwedCall> operator()(const slot::PaymentWanted& wanted) const {
    payment::OpenCommand command;
    command.id = payment::PaymentId(LastPart(wanted.payment));
    command.opener = "slot";
    command.order = NameOf(wanted.booking);
    command.account = wanted.account;
    command.amount = wanted.amount;
    command.expire_time = wanted.expires_at;
    OwedCall owed = To(world_.payment_service, NameOf(wanted.booking));
    owed.call = [&world = world_, command, key = Keyed("CreatePayment")] {
      return world.opening.Open(command, World::AnswerId<payment::Payment>(key));
    };
    owed.take_answer = [&world = world_, booking = wanted.booking](const std::string&) {
      return world.Slot().confirmation.Opened(booking);
    };
    return owed;
  }

  std::optional<OwedCall> operator()(const slot::PaymentUnwanted& unwanted) const {
    payment::CloseCommand command;
    command.id = payment::PaymentId(LastPart(unwanted.payment));
    command.opener = "slot";
    OwedCall owed = To(world_.payment_service, NameOf(unwanted.booking));
    owed.call = [&world = world_, command, key = Keyed("CancelPayment")] {
      return world.closing.Close(command, World::AnswerId<payment::Payment>(key));
    };
    return owed;
  }

  std::optional<OwedCall> operator()(const slot::RefundWanted& wanted) const {
    payment::RefundCommand command;
    command.id = payment::PaymentId(LastPart(wanted.payment));
    command.service = "slot";
    command.reason = wanted.cause == slot::RefundCause::kLate ? payment::RefundReason::kLate
                                                              : payment::RefundReason::kCancelled;
    if (wanted.facts.has_value()) {
      payment::FareFacts facts;
      facts.fare = wanted.facts->fare;
      facts.tickets = wanted.facts->tickets;
      facts.departure_time = wanted.facts->departs_at;
      facts.cancel_time = wanted.facts->cancelled_at;
      command.facts = facts;
    }
    OwedCall owed = To(world_.payment_service, NameOf(wanted.booking));
    owed.call = [&world = world_, command, key = Keyed("RefundPayment")] {
      return world.refunding.Refund(command, World::AnswerId<payment::Refund>(key));
    };
    return owed;
  }

  std::optional<OwedCall> operator()(const slot::MessageWanted&) const { return std::nullopt; }

  std::optional<OwedCall> operator()(const slot::OwnerCancelled&) const { return std::nullopt; }

  std::optional<OwedCall> operator()(const slot::MatchFound& found) const {
    waitlist::Found places;
    places.demand = found.demand.value();
    places.booking = NameOf(found.booking);
    places.total = found.total;
    Mutation<waitlist::Verdict> mutation;
    mutation.key = Keyed("OnMatch");
    mutation.render = [](const waitlist::Verdict& verdict) {
      return std::string(verdict == waitlist::Verdict::kAccepted ? "yes" : "no");
    };
    OwedCall owed = To(world_.waitlist_service, NameOf(found.demand));
    owed.call = [&world = world_, order = waitlist::OrderId(LastPart(found.order)), places,
                 mutation] { return world.life.TakeMatch(order, places, mutation); };
    owed.take_answer = [&world = world_, demand = found.demand](const std::string& answer) {
      return world.Slot().matching.Decided(demand, answer == "yes");
    };
    return owed;
  }

  std::optional<OwedCall> operator()(const slot::DemandLost& lost) const {
    waitlist::EndReason reason = waitlist::EndReason::kNotEnoughPlaces;
    if (lost.reason == "ITINERARY_CONFLICT") reason = waitlist::EndReason::kItineraryConflict;
    if (lost.reason == "ONE_TICKET_PER_RUN") reason = waitlist::EndReason::kRealNameRule;
    OwedCall owed = To(world_.waitlist_service, NameOf(lost.demand));
    owed.call = [&world = world_, order = waitlist::OrderId(LastPart(lost.order)),
                 demand = lost.demand.value(), reason, key = Keyed("OnDemandFailed")] {
      return world.life.TakeFailure(order, demand, reason, World::AnswerId<waitlist::Order>(key));
    };
    return owed;
  }

 private:
  RequestKey Keyed(const char* method) const {
    RequestKey key = key_;
    key.method = method;
    return key;
  }
  OwedCall To(Service& callee, std::string aggregate) const {
    OwedCall owed;
    owed.id = id_;
    owed.aggregate = std::move(aggregate);
    owed.callee = World::RouteTo(callee);
    return owed;
  }

  World& world_;
  std::string id_;
  RequestKey key_;
};

/// Turns an effect of a waitlist order into a call; none for messages.
class WaitlistCalls final {
 public:
  WaitlistCalls(World& world, waitlist::Order order, std::string id)
      : world_(world), order_(std::move(order)), id_(std::move(id)) {}

  std::optional<OwedCall> operator()(const waitlist::PaymentOpened&) const {
    payment::OpenCommand command;
    command.id = Payment();
    command.opener = "waitlist";
    command.order = NameOf(order_);
    command.account = order_.account;
    command.product = payment::Product::kPrepayment;
    command.amount = order_.prepayment;
    command.expire_time = order_.pay_by;
    return To(world_.payment_service, [&world = world_, command, key = Keyed("CreatePayment")] {
      return world.opening.Open(command, World::AnswerId<payment::Payment>(key));
    });
  }
  std::optional<OwedCall> operator()(const waitlist::PaymentClosed&) const {
    payment::CloseCommand command;
    command.id = Payment();
    command.opener = "waitlist";
    return To(world_.payment_service, [&world = world_, command, key = Keyed("CancelPayment")] {
      return world.closing.Close(command, World::AnswerId<payment::Payment>(key));
    });
  }
  std::optional<OwedCall> operator()(const waitlist::PaymentReturned& returned) const {
    payment::RefundCommand command;
    command.id = Payment();
    command.service = "waitlist";
    command.reason =
        returned.late ? payment::RefundReason::kLate : payment::RefundReason::kWaitlistEnded;
    return To(world_.payment_service, [&world = world_, command, key = Keyed("RefundPayment")] {
      return world.refunding.Refund(command, World::AnswerId<payment::Refund>(key));
    });
  }
  std::optional<OwedCall> operator()(const waitlist::PaymentSettled&) const {
    payment::SettleCommand command;
    command.id = Payment();
    command.opener = "waitlist";
    command.fare = order_.fare_paid;
    command.order = order_.booking;
    return To(world_.payment_service, [&world = world_, command, key = Keyed("SettlePayment")] {
      return world.settlement.Settle(command, World::AnswerId<payment::Payment>(key));
    });
  }
  std::optional<OwedCall> operator()(const waitlist::DemandEnlisted& enlisted) const {
    const waitlist::Choice& choice = order_.choices[enlisted.choice];
    slot::Enlistment enlistment;
    enlistment.id = slot::DemandId(choice.demand);
    enlistment.wish = WishOf(choice.wish);
    enlistment.order = NameOf(order_);
    enlistment.account = order_.account;
    enlistment.payment = order_.payment;
    for (const waitlist::Traveller& traveller : order_.travellers) {
      enlistment.travellers.push_back(slot::Traveller{traveller.key, "", ""});
    }
    enlistment.effective_at = order_.effective_at;
    return ToSlot([&world = world_, enlistment, key = Keyed("EnlistDemand")] {
      return world.Slot().line.Enlist(enlistment, World::AnswerId<slot::Demand>(key));
    });
  }
  std::optional<OwedCall> operator()(const waitlist::DemandWithdrawn& withdrawn) const {
    const slot::DemandId demand(order_.choices[withdrawn.choice].demand);
    return ToSlot([&world = world_, demand, key = Keyed("WithdrawDemand")] {
      return world.Slot().line.Withdraw(demand, slot::Origin(), World::AnswerId<slot::Demand>(key));
    });
  }
  std::optional<OwedCall> operator()(const waitlist::OwnerTold&) const { return std::nullopt; }

  /// What slot is asked for.
  static slot::DemandWish WishOf(const waitlist::Wish& wish) {
    slot::DemandWish asked;
    asked.run = slot::RunId(LastPart(wish.run));
    asked.class_code = wish.class_code;
    asked.from = wish.from;
    asked.to = wish.to;
    return asked;
  }

 private:
  payment::PaymentId Payment() const { return payment::PaymentId(LastPart(order_.payment)); }
  RequestKey Keyed(const char* method) const {
    return World::Key("services/waitlist", method, id_);
  }
  OwedCall To(Service& callee, std::function<Task<std::string>()> call) const {
    return To(callee.process.name(), World::RouteTo(callee), std::move(call));
  }
  OwedCall ToSlot(std::function<Task<std::string>()> call) const {
    return To("slot", world_.RouteToSlot(), std::move(call));
  }
  OwedCall To(const std::string& service, Route route,
              std::function<Task<std::string>()> call) const {
    OwedCall owed;
    owed.id = id_;
    owed.aggregate = absl::StrCat(NameOf(order_), "/", service);
    owed.callee = std::move(route);
    owed.call = std::move(call);
    return owed;
  }

  World& world_;
  waitlist::Order order_;
  std::string id_;
};

inline void World::SendFromSlot(const slot::Change& change) {
  if (change.booking.has_value()) bookings[change.booking->id] = *change.booking;
  if (change.demand.has_value()) demands[change.demand->id] = *change.demand;
  if (change.demand.has_value() && change.demand->state == slot::DemandState::kMatched) {
    meeting(change.demand->order);
  }
  for (; slot_sent_ < record.effects().size(); ++slot_sent_) {
    const slot::CommittedEffect& caused = record.effects()[slot_sent_];
    std::optional<OwedCall> owed = std::visit(SlotCalls(*this, caused.context), caused.effect);
    if (owed.has_value()) slot_service.outbox.Add(*std::move(owed));
  }
  Changed();
}

inline void World::SendFromWaitlist(const waitlist::Step& step) {
  orders[step.order.id] = step.order;
  int number = 0;
  for (const waitlist::Effect& effect : step.effects) {
    std::string id = absl::StrCat(NameOf(step.order), "/", step.order.version, "/", ++number);
    const WaitlistCalls calls(*this, step.order, std::move(id));
    std::optional<OwedCall> owed = std::visit(calls, effect);
    if (owed.has_value()) waitlist_service.outbox.Add(*std::move(owed));
  }
  Changed();
}

inline void World::SendFromPayment() {
  for (; payment_sent_ < payments.effects().size(); ++payment_sent_) {
    const auto* const told = std::get_if<payment::SuccessTold>(&payments.effects()[payment_sent_]);
    if (told == nullptr) continue;
    const RequestKey key = Key("services/payment", "OnPaymentSucceeded", told->key);
    meeting(told->order);
    OwedCall owed;
    owed.id = told->key;
    owed.aggregate = told->payment;
    if (told->listener == "slot") {
      slot::PaymentArrival arrival;
      arrival.payment = told->payment;
      arrival.booking = slot::BookingId(LastPart(told->order));
      arrival.amount = told->amount;
      owed.callee = RouteToSlot();
      owed.call = [this, arrival, key] {
        return Slot().confirmation.Arrived(arrival, slot::StoredAnswer{key, "heard"});
      };
    } else {
      owed.callee = RouteTo(waitlist_service);
      owed.call = [this, order = waitlist::OrderId(LastPart(told->order)), paid_at = told->pay_time,
                   key] {
        return life.TakePayment(order, paid_at, AnswerId<waitlist::Order>(key));
      };
    }
    payment_service.outbox.Add(std::move(owed));
  }
  Changed();
}

inline Task<waitlist::Quote> World::Quotes::Ask(waitlist::Wish wish) {
  std::function<Task<slot::DemandQuote>()> call = [&world = world_,
                                                   asked = WaitlistCalls::WishOf(wish)] {
    return world.Slot().line.Quote(asked);
  };
  Process& callee = world_.AnySlot();
  ASSIGN_OR_CO_RETURN(const slot::DemandQuote said, co_await CallAcross<slot::DemandQuote>(
                                                        callee, world_.weather, std::move(call)));
  waitlist::Quote quote;
  quote.fare = said.fare;
  quote.departs_at = said.trip.departs_at;
  quote.boarding_day = said.boarding_day;
  quote.origin_city = said.origin_city;
  quote.destination_city = said.destination_city;
  quote.display_name = said.trip.display_name;
  quote.free = said.free;
  co_return quote;
}

}  // namespace houbu::simulation
