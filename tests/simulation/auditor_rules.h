/// The auditor's rules, one by one.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/auditor.h"

namespace houbu::simulation {

inline std::string NameOfPayment(payment::PaymentState state) {
  switch (state) {
    case payment::PaymentState::kCreated:
      return "CREATED";
    case payment::PaymentState::kPending:
      return "PENDING";
    case payment::PaymentState::kSucceeded:
      return "SUCCEEDED";
    case payment::PaymentState::kClosed:
      return "CLOSED";
  }
  return "";
}

inline void Auditor::CheckTransitions() {
  static const Legal kBooking = {{"", "HELD;BOOKED;"},
                                 {"HELD", "PENDING_PAYMENT;BOOKED;CANCELLED;EXPIRED;"},
                                 {"PENDING_PAYMENT", "BOOKED;CANCELLED;EXPIRED;"},
                                 {"BOOKED", "USED;CANCELLED;"},
                                 {"EXPIRED", "BOOKED;"}};
  static const Legal kDemand = {{"", "WAITING;FAILED;"},
                                {"WAITING", "MATCHED;WITHDRAWN;FAILED;"},
                                {"MATCHED", "SERVED;WITHDRAWN;"}};
  static const Legal kOrder = {{"", "PENDING_PAYMENT;"},
                               {"PENDING_PAYMENT", "WAITING;WITHDRAWN;LAPSED;"},
                               {"WAITING", "SERVED;WITHDRAWN;FAILED;"}};
  static const Legal kPayment = {
      {"", "CREATED;"}, {"CREATED", "PENDING;CLOSED;"}, {"PENDING", "SUCCEEDED;CLOSED;"}};
  static const Legal kRefund = {{"", "PENDING;"}, {"PENDING", "DONE;FAILED;"}};
  for (const auto& [id, booking] : world_.bookings) {
    Move(slot::NameOf(id), std::string(NameOf(booking.state).data(), NameOf(booking.state).size()),
         kBooking);
  }
  for (const auto& [id, demand] : world_.demands) {
    Move(slot::NameOf(id), std::string(NameOf(demand.state).data(), NameOf(demand.state).size()),
         kDemand);
  }
  for (const auto& [id, order] : world_.orders) {
    const absl::string_view state = OrderStateName(order.state);
    Move(NameOf(order), std::string(state.data(), state.size()), kOrder);
  }
  for (const auto& [id, payment] : world_.payments.payments()) {
    Move("payments/" + id, NameOfPayment(payment.state), kPayment);
  }
  for (const auto& [id, refund] : world_.payments.refunds()) {
    const bool pending = refund.state == payment::RefundState::kPending;
    const bool failed = refund.state == payment::RefundState::kFailed;
    Move("refunds/" + id, pending ? "PENDING" : failed ? "FAILED" : "DONE", kRefund);
  }
}

inline bool HasPlaces(const slot::Booking& booking) {
  switch (booking.state) {
    case slot::BookingState::kHeld:
    case slot::BookingState::kPendingPayment:
    case slot::BookingState::kBooked:
    case slot::BookingState::kUsed:
      return true;
    case slot::BookingState::kCancelled:
    case slot::BookingState::kExpired:
      return false;
  }
  return false;
}

/// What is free by who has what: bookings that stand, and matches that are being decided.
inline std::map<std::string, Cells> Auditor::FreeOf(const slot::Run& run) const {
  std::map<std::string, Cells> free;
  const auto legs = static_cast<std::size_t>(run.legs());
  for (const slot::RunClass& sold : run.classes) {
    Cells& cells = free[sold.code];
    cells.numbered = sold.kind == slot::ClassKind::kAssigned;
    const int rows = cells.numbered ? sold.capacity : 1;
    cells.of_unit.assign(static_cast<std::size_t>(rows),
                         std::vector<int>(legs, cells.numbered ? 1 : sold.capacity));
  }
  for (const auto& [id, booking] : world_.bookings) {
    if (booking.trip.run != run.id || !HasPlaces(booking)) continue;
    for (const slot::Place& place : booking.places) {
      free[booking.trip.class_code].Add(place.unit.value_or(0), booking.trip.legs, -1);
    }
  }
  for (const auto& [id, demand] : world_.demands) {
    if (demand.run != run.id || demand.state != slot::DemandState::kMatched) continue;
    for (std::size_t i = 0; i < demand.travellers.size(); ++i) {
      free[demand.class_code].Add(demand.units.empty() ? 0 : demand.units[i], demand.legs, -1);
    }
  }
  return free;
}

// I1: nothing is sold twice.
inline void Auditor::CheckPlaces() {
  for (const auto& [id, run] : world_.runs) {
    for (const auto& [code, cells] : FreeOf(run)) {
      Require(cells.Least() >= 0, absl::StrCat("I1: oversold ", id.value(), " ", code));
    }
  }
}

// W-15: nobody is on two journeys at once, or twice on one run.
inline void Auditor::CheckTravellers() {
  struct Journey {
    slot::RunId run;
    absl::Time from;
    absl::Time to;
  };
  std::map<std::string, std::vector<Journey>> journeys;
  for (const auto& [id, booking] : world_.bookings) {
    if (!HasPlaces(booking)) continue;
    for (const slot::Place& place : booking.places) {
      journeys[place.traveller.key].push_back(
          Journey{booking.trip.run, booking.trip.departs_at, booking.trip.arrives_at});
    }
  }
  for (const auto& [id, demand] : world_.demands) {
    if (demand.state != slot::DemandState::kMatched) continue;
    const slot::Run& run = world_.runs.at(demand.run);
    for (const slot::Traveller& traveller : demand.travellers) {
      journeys[traveller.key].push_back(Journey{demand.run, BoardingOf(run, demand.legs).departs_at,
                                                AlightingOf(run, demand.legs).arrives_at});
    }
  }
  for (const auto& [traveller, all] : journeys) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const bool clash =
            all[i].run == all[j].run || (all[i].from < all[j].to && all[j].from < all[i].to);
        Require(!clash, absl::StrCat("W-15: ", traveller, " travels twice at a time"));
      }
    }
  }
}

// W-03: one live order an account. W-04: nobody stands in line without timely money. W-07: whole.
inline void Auditor::CheckOrders() {
  std::set<std::string> live;
  for (const auto& [id, order] : world_.orders) {
    const bool waits = order.state == waitlist::OrderState::kWaiting;
    if (waits || order.state == waitlist::OrderState::kPendingPayment) {
      Require(live.insert(order.account).second, "W-03: two live orders of " + order.account);
    }
    const bool timely = order.effective_at <= order.pay_by;
    Require(!waits || timely, "W-04: " + id.value() + " waits by money that came late");
  }
  for (const auto& [id, booking] : world_.bookings) {
    if (booking.demand.empty()) continue;
    const slot::Demand& demand = world_.demands.at(slot::DemandId(booking.demand));
    Require(booking.places.size() == demand.travellers.size(),
            "W-07: " + booking.demand + " was served in part");
  }
}

inline std::set<std::string> Auditor::TakenIn(const std::string& run) const {
  std::set<std::string> taken;
  const auto index = testing::RunTask(world_.index.plain().FullState(run));
  if (!index.ok()) return taken;
  for (const slot::TakenPlaces& places : index->state.taken) taken.insert(places.token);
  return taken;
}

// W-05, exactly: in the index, whoever is served has nobody before them in line who would have
// fitted into the same moment. Reaching the index takes time where the network is slow, so of two
// demands the later may be served while the earlier is still on its way to the line; that is not
// judged here, only who was in line.
inline void Auditor::CheckLine(const std::string& run) {
  const auto index = testing::RunTask(world_.index.plain().FullState(run));
  if (!index.ok()) return;
  std::map<std::string, Cells> free;
  for (const slot::ClassLayout& layout : index->state.classes) {
    Cells& cells = free[layout.code];
    cells.numbered = layout.kind == slot::ClassKind::kAssigned;
    cells.of_unit.assign(static_cast<std::size_t>(cells.numbered ? layout.capacity : 1),
                         std::vector<int>(static_cast<std::size_t>(index->state.legs),
                                          cells.numbered ? 1 : layout.capacity));
  }
  std::vector<std::pair<slot::WaitingDemand, slot::TakenPlaces>> served;
  for (const slot::TakenPlaces& places : index->state.taken) {
    for (int i = 0; i < places.kind.party; ++i) {
      const int unit = places.units.empty() ? 0 : places.units[static_cast<std::size_t>(i)];
      free[places.kind.class_code].Add(unit, places.kind.legs, -1);
    }
    const auto demand = world_.demands.find(slot::DemandId(places.token));
    if (before_.count(places.token) != 0 || demand == world_.demands.end()) continue;
    if (demand->second.state != slot::DemandState::kWaiting) continue;
    served.emplace_back(slot::WaitingDemand{places.token, places.kind, demand->second.effective_at},
                        places);
  }
  std::sort(served.begin(), served.end(),
            [](const auto& a, const auto& b) { return StandsBefore(b.first, a.first); });
  for (const auto& [demand, places] : served) {
    ++seen_["matches"];
    for (int i = 0; i < places.kind.party; ++i) {
      const int unit = places.units.empty() ? 0 : places.units[static_cast<std::size_t>(i)];
      free[places.kind.class_code].Add(unit, places.kind.legs, 1);
    }
    for (const slot::WaitingDemand& other : index->state.waiting) {
      const int room = free[other.kind.class_code].Room(other.kind.legs);
      const bool passed_over = StandsBefore(other, demand) && room >= other.kind.party;
      Require(!passed_over,
              absl::StrCat("W-05: ", demand.demand, " was served before ", other.demand));
    }
  }
}

inline void Auditor::CheckWaiters() {
  for (const auto& [id, run] : world_.runs) {
    const std::map<std::string, Cells> free = FreeOf(run);
    for (const auto& [demand_id, demand] : world_.demands) {
      if (demand.run != id || demand.state != slot::DemandState::kWaiting) continue;
      const int room = free.at(demand.class_code).Room(demand.legs);
      Require(room < static_cast<int>(demand.travellers.size()),
              absl::StrCat("W-05: ", demand_id.value(), " waits on ", id.value(), " ",
                           demand.class_code, " ", demand.legs.from, "-", demand.legs.to, " for ",
                           demand.travellers.size(), " though ", room, " fit"));
    }
  }
}

// I12: nothing is under way for ever.
inline void Auditor::CheckNothingOwed() {
  for (const Service* service :
       {&world_.slot_service, &world_.waitlist_service, &world_.payment_service}) {
    Require(service->outbox.size() == 0,
            absl::StrCat("I12: ", service->process.name(), " owes ", service->outbox.trouble()));
  }
  const auto owed = testing::RunTask(world_.record.ToRebuild(absl::InfiniteFuture(), 1));
  Require(owed.ok() && owed->empty(), "I12: the index is owed something");
  for (const auto& [id, demand] : world_.demands) {
    Require(demand.state != slot::DemandState::kMatched, "I12: nobody decides " + id.value());
  }
}

// I2: no hold outlives its time.
inline void Auditor::CheckHolds() {
  for (const auto& [id, booking] : world_.bookings) {
    const bool held = booking.state == slot::BookingState::kHeld ||
                      booking.state == slot::BookingState::kPendingPayment;
    const bool late = booking.expires_at.value_or(absl::InfinitePast()) <
                      world_.scheduler.Now() - absl::Minutes(5);
    Require(!held || !late, "I2: " + id.value() + " is held for ever");
  }
  for (const auto& [id, order] : world_.orders) {
    const bool unpaid = order.state == waitlist::OrderState::kPendingPayment;
    Require(!unpaid || order.pay_by > world_.scheduler.Now() - absl::Minutes(5),
            "W-04: " + id.value() + " waits for its money for ever");
    const bool waits = order.state == waitlist::OrderState::kWaiting;
    Require(!waits || order.deadline > world_.scheduler.Now() - absl::Minutes(5),
            "W-08: " + id.value() + " waits beyond its deadline");
  }
}

// I15, X-18: the index is what the record says, and what is taken and free is all there is.
inline void Auditor::CheckIndex() {
  for (const auto& [id, run] : world_.runs) {
    const auto index = testing::RunTask(world_.index.plain().FullState(id.value()));
    if (!index.ok()) continue;  // lost, and nobody has asked for the run since
    const auto free = FreeOf(run);
    for (const slot::FreeUnits& units : index->free) {
      const Cells& cells = free.at(units.class_code);
      for (int leg = 0; leg < run.legs(); ++leg) {
        int by_record = 0;
        for (const auto& row : cells.of_unit) by_record += row[static_cast<std::size_t>(leg)];
        Require(units.count[static_cast<std::size_t>(leg)] == by_record,
                absl::StrCat("I15: ", id.value(), " ", units.class_code, " leg ", leg, ": ",
                             units.count[static_cast<std::size_t>(leg)], " free in the index, ",
                             by_record, " by the record"));
      }
    }
    std::set<std::string> in_line;
    for (const slot::WaitingDemand& waiting : index->state.waiting) in_line.insert(waiting.demand);
    for (const auto& [demand_id, demand] : world_.demands) {
      if (demand.run != id) continue;
      const bool waits = demand.state == slot::DemandState::kWaiting;
      Require(waits == (in_line.count(demand_id.value()) != 0),
              absl::StrCat("I15: ", demand_id.value(), waits ? " is not in line" : " still is"));
    }
  }
}

// W-13 with the seed profile: by ticket, 10 % within 48 hours of departure and 20 % within 24.
inline std::int64_t FeeOf(const slot::Booking& booking, absl::Time cancelled_at) {
  const std::int64_t departs = absl::ToUnixSeconds(booking.trip.departs_at);
  const std::int64_t left = departs - absl::ToUnixSeconds(cancelled_at);
  const std::int64_t hour = 3600;
  int percent = 20;
  if (left >= 24 * hour) percent = 10;
  if (left >= 48 * hour) percent = 5;
  if (left > 15 * 24 * hour) percent = 0;
  const std::int64_t fare = booking.fare.minor_units;
  const std::int64_t steps = (fare * percent * 2 + 5000) / 10000;  // halves up, to 0.5 yuan
  const std::int64_t least = 200;
  const std::int64_t fee = percent == 0 ? 0 : std::min(fare, std::max(least, steps * 50));
  return fee * static_cast<std::int64_t>(booking.places.size());
}

/// What the customer must have paid for a booking in the end.
inline std::int64_t Auditor::KeptOf(const slot::Booking& booking) const {
  if (HasPlaces(booking)) return booking.total.minor_units;
  bool was_booked = false;
  for (const slot::HistoryEntry& entry : booking.history) {
    was_booked = was_booked || entry.state == slot::BookingState::kBooked;
  }
  if (booking.state != slot::BookingState::kCancelled || !was_booked) return 0;
  return FeeOf(booking, booking.history.back().at);
}

inline std::int64_t Auditor::KeptOf(const payment::Payment& payment) const {
  if (payment.opener == "slot") {
    return KeptOf(world_.bookings.at(slot::BookingId(LastPart(payment.order))));
  }
  for (const auto& [id, order] : world_.orders) {
    if (LastPart(order.payment) != payment.id.value()) continue;
    if (order.state != waitlist::OrderState::kServed) return 0;
    const auto booking = world_.bookings.find(slot::BookingId(LastPart(order.booking)));
    return booking == world_.bookings.end() ? -1 : KeptOf(booking->second);
  }
  return -1;
}

// I3, W-04, W-07, W-08, W-13: what was taken is kept as the rules say, or given back; once.
inline void Auditor::CheckMoney() {
  std::map<std::string, std::int64_t> refunded;
  for (const auto& [name, fact] : world_.provider.refunds()) {
    if (fact.state != payment::RefundFact::State::kSucceeded) continue;
    const auto id = payment::RefundNamedBy(absl::string_view(name));
    refunded[world_.payments.refunds().at(id->value()).payment.value()] += fact.amount.minor_units;
  }
  std::int64_t captured = 0;
  for (const auto& [id, payment] : world_.payments.payments()) {
    const std::int64_t paid = payment.captured.minor_units;
    const std::int64_t kept = KeptOf(payment);
    captured += paid;
    seen_["money returned"] += refunded[id] > 0;
    seen_["money kept"] += kept > 0;
    Require(paid - refunded[id] == kept,
            absl::StrCat("I3: of ", id, " ", paid, " were paid, ", refunded[id],
                         " given back, and ", kept, " should be kept"));
  }
  Require(captured == world_.provider.paid, "I11: the provider took another sum than we know of");
  std::int64_t sum = 0;
  for (const auto& [key, posting] : world_.payments.ledger()) {
    for (const payment::LedgerEntry& entry : posting.entries) sum += entry.amount.minor_units;
  }
  Require(sum == 0, "X-06: the ledger does not balance");
  Require(world_.payments.Balance("refunds_payable:sandbox") == 0, "W-14: refunds are stuck");
}

}  // namespace houbu::simulation
