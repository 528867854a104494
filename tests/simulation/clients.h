/// The people of a history: they book by legs, wait, pay in time, late or never, cancel, end their
/// orders; operators add places; the provider takes money, tells of it twice or not at all, and
/// fails refunds.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "tests/simulation/effects.h"

namespace houbu::simulation {

/// Acts on a world by chance.
class Clients final {
 public:
  explicit Clients(World& world) : world_(world) {
    SellRuns();
    world_.meeting = [this](const std::string& name) {
      if (world_.scheduler.Pick(4) != 0) return;
      Tell([this, name] { return GiveUp(name); });
    };
  }

  /// Somebody begins something.
  void Act() {
    const int act = world_.scheduler.Pick(100);
    const std::string who = absl::StrCat("accounts/ac-", world_.scheduler.Pick(kAccounts));
    std::function<Task<void>()> story = [this, who] { return Buy(who); };
    if (act >= 50) story = [this, who] { return Wait(who); };
    if (act >= 96) story = [this] { return AddPlaces(); };
    Tell(std::move(story));
  }

  /// The provider ends some of the refunds it was asked for, and tells of most.
  void EndRefunds() {
    for (const auto& [name, fact] : std::map(world_.provider.refunds())) {
      if (fact.state != payment::RefundFact::State::kProcessing || world_.scheduler.Pick(3) == 0) {
        continue;
      }
      // The third try of a refund goes well: nobody must give up in these histories.
      const bool fails = world_.scheduler.Pick(5) == 0 && !absl::EndsWith(name, "-3");
      const payment::RefundFact ended =
          world_.provider.EndRefund(name, !fails, world_.scheduler.Now());
      const auto id = payment::RefundNamedBy(absl::string_view(name));
      const auto refund = world_.payments.refunds().find(id->value());
      if (refund == world_.payments.refunds().end()) continue;
      payment::ProvenNotice notice;
      notice.payment = refund->second.payment;
      notice.refund = ended;
      Notify(std::move(notice), world_.scheduler.Pick(3));
    }
  }

 private:
  static constexpr int kAccounts = 10;

  void Tell(std::function<Task<void>()> story) {
    world_.scheduler.Start<absl::Status>(world_.outside, std::move(story),
                                         [](const absl::Status&) {});
  }

  std::string NewRequest() { return absl::StrCat("rq-", ++requests_); }

  /// Asks until there is an answer, with one request_id; gives up after a while.
  Task<std::string> Insist(Route service, std::function<Task<std::string>()> call) {
    absl::Status failure;
    for (int tries = 0; tries < 6; ++tries) {
      const auto answer = co_await CallAcross<std::string>(service(), world_.weather, call);
      if (answer.ok()) co_return answer;
      failure = answer.status();
      if (!absl::IsUnavailable(failure) && !absl::IsAborted(failure)) co_return failure;
      const absl::Duration pause = world_.scheduler.Between(absl::Seconds(1), absl::Seconds(20));
      CO_RETURN_IF_ERROR(co_await Pause(pause));
    }
    co_return failure;
  }

  std::string Travellers(const std::string& who) {
    const int account = who.back() - '0';
    std::string travellers;
    const bool alone = world_.scheduler.Pick(3) != 0;
    const int party = alone ? 1 : 2 + world_.scheduler.Pick(3);
    for (int i = 0; i < party; ++i) travellers += static_cast<char>('A' + account * 3 + i);
    return travellers;
  }

  waitlist::Wish AnyWish() {
    static constexpr const char* kStations[] = {"S0", "S2", "S3", "S5"};
    const int from = world_.scheduler.Pick(3);
    const int to = from + 1 + world_.scheduler.Pick(3 - from);
    waitlist::Wish wish;
    wish.run = absl::StrCat("runs/rn-", 1 + world_.scheduler.Pick(3));
    wish.class_code = world_.scheduler.Pick(3) == 0 ? "standing" : "second";
    wish.from = kStations[from];
    wish.to = kStations[to];
    return wish;
  }

  Task<void> Buy(std::string who) {
    const waitlist::Wish wish = AnyWish();
    slot::BookingWish asked;
    asked.origin.account = who;
    asked.run = slot::RunId(LastPart(wish.run));
    asked.class_code = wish.class_code;
    asked.from = wish.from;
    asked.to = wish.to;
    asked.statement.payload = Travellers(who);
    const RequestKey key = World::Key(who, "CreateBooking", NewRequest());
    std::function<Task<std::string>()> call = [this, asked, key] {
      return world_.Slot().creation.Create(asked, World::AnswerId<slot::Booking>(key));
    };
    ASSIGN_OR_CO_RETURN(const std::string id,
                        co_await Insist(world_.RouteToSlot(), std::move(call)));
    const slot::BookingId booking(id);
    const std::string payment = world_.bookings.at(booking).payment;
    const int fate = world_.scheduler.Pick(10);
    if (world_.scheduler.Pick(6) == 0) {
      // Changes their mind while they pay.
      Tell([this, who, booking] { return CancelSoon(who, booking); });
    }
    if (fate < 8) {
      const absl::Status paid = co_await Pay(who, payment, fate < 2);
      if (!paid.ok()) co_return paid;
    }
    if (world_.scheduler.Pick(3) == 0) co_return absl::OkStatus();
    const absl::Duration pause = world_.scheduler.Between(absl::Minutes(1), absl::Minutes(70));
    CO_RETURN_IF_ERROR(co_await Pause(pause));
    co_return co_await Cancel(who, booking);
  }

  Task<void> CancelSoon(std::string who, slot::BookingId booking) {
    const absl::Duration pause = world_.scheduler.Between(absl::Milliseconds(1), absl::Minutes(2));
    CO_RETURN_IF_ERROR(co_await Pause(pause));
    co_return co_await Cancel(std::move(who), std::move(booking));
  }

  Task<void> Cancel(std::string who, slot::BookingId booking) {
    slot::CancellationWish wish;
    wish.origin.account = who;
    wish.booking = booking;
    wish.reason = "plans changed";
    const RequestKey key = World::Key(who, "CancelBooking", NewRequest());
    std::function<Task<std::string>()> call = [this, wish, key] {
      return world_.Slot().cancellation.Cancel(wish, World::AnswerId<slot::Booking>(key));
    };
    const auto cancelled = co_await Insist(world_.RouteToSlot(), std::move(call));
    co_return cancelled.status();
  }

  Task<void> Wait(std::string who) {
    waitlist::Placement asked;
    asked.account = who;
    const waitlist::Wish first = AnyWish();
    const int choices = 1 + world_.scheduler.Pick(4);
    for (int i = 0; i < choices; ++i) {
      waitlist::Wish wish = AnyWish();
      wish.from = first.from;
      wish.to = first.to;
      asked.wishes.push_back(std::move(wish));
    }
    for (const char key : Travellers(who)) {
      waitlist::Traveller traveller;
      traveller.key = std::string(1, key);
      asked.travellers.push_back(std::move(traveller));
    }
    if (world_.scheduler.Pick(3) == 0) {
      asked.deadline =
          world_.scheduler.Now() + world_.scheduler.Between(absl::Minutes(20), absl::Hours(2));
    }
    const RequestKey key = World::Key(who, "CreateOrder", NewRequest());
    std::function<Task<std::string>()> call = [this, asked, key] {
      return world_.placement.Place(asked, World::AnswerId<waitlist::Order>(key));
    };
    ASSIGN_OR_CO_RETURN(const std::string id,
                        co_await Insist(World::RouteTo(world_.waitlist_service), std::move(call)));
    const waitlist::OrderId order(id);
    const int fate = world_.scheduler.Pick(10);
    if (fate < 9) {
      const absl::Status paid = co_await Pay(who, world_.orders.at(order).payment, fate == 0);
      if (!paid.ok()) co_return paid;
    }
    if (world_.scheduler.Pick(4) != 0) co_return absl::OkStatus();
    const absl::Duration pause = world_.scheduler.Between(absl::Minutes(1), absl::Minutes(60));
    CO_RETURN_IF_ERROR(co_await Pause(pause));
    co_return co_await Terminate(std::move(who), order);
  }

  /// Cancels or ends what somebody just got, or is about to get.
  Task<void> GiveUp(std::string name) {
    const absl::Duration pause =
        world_.scheduler.Between(absl::Milliseconds(1), absl::Milliseconds(600));
    CO_RETURN_IF_ERROR(co_await Pause(pause));
    const auto booking = world_.bookings.find(slot::BookingId(LastPart(name)));
    if (booking != world_.bookings.end()) {
      co_return co_await Cancel(booking->second.account, booking->first);
    }
    const auto order = world_.orders.find(waitlist::OrderId(LastPart(name)));
    if (order == world_.orders.end()) co_return absl::OkStatus();
    co_return co_await Terminate(order->second.account, order->first);
  }

  Task<void> Terminate(std::string who, waitlist::OrderId order) {
    const RequestKey end = World::Key(who, "TerminateOrder", NewRequest());
    std::function<Task<std::string>()> terminate = [this, order, who, end] {
      return world_.life.TakeTermination(order, who, World::AnswerId<waitlist::Order>(end));
    };
    const auto ended =
        co_await Insist(World::RouteTo(world_.waitlist_service), std::move(terminate));
    co_return ended.status();
  }

  Task<void> Pay(std::string who, std::string name, bool late) {
    const payment::PaymentId id(LastPart(name));
    payment::StartCommand asked;
    asked.id = id;
    asked.account = who;
    bool started = false;
    for (int tries = 0; tries < 8 && !started; ++tries) {
      const absl::Duration pause = world_.scheduler.Between(absl::Seconds(2), absl::Seconds(30));
      CO_RETURN_IF_ERROR(co_await Pause(pause));
      const RequestKey key = World::Key(who, "StartPayment", NewRequest());
      std::function<Task<std::string>()> call = [this, asked, key] {
        return world_.start.Start(asked, World::AnswerId<payment::Payment>(key));
      };
      const auto answer = co_await Insist(World::RouteTo(world_.payment_service), std::move(call));
      started = answer.ok();
    }
    if (!started) co_return absl::OkStatus();
    absl::Duration thinking = world_.scheduler.Between(absl::Seconds(1), absl::Minutes(3));
    if (late) {
      // Somewhere after the hold, or about when the pay window of an order ends.
      thinking = world_.scheduler.Pick(2) == 0
                     ? world_.scheduler.Between(absl::Minutes(9), absl::Minutes(50))
                     : world_.scheduler.Between(absl::Minutes(29), absl::Minutes(30));
    }
    CO_RETURN_IF_ERROR(co_await Pause(thinking));
    const auto known = co_await world_.provider.Query(id);
    if (!known.ok() || known->state == payment::OrderFact::State::kMissing) {
      co_return absl::OkStatus();
    }
    payment::ProvenNotice notice;
    notice.payment = id;
    notice.order = world_.provider.Pay(id, world_.scheduler.Now());
    Notify(std::move(notice), world_.scheduler.Pick(4));
    co_return absl::OkStatus();
  }

  /// Calls back so many times; once it is answered or given up, that was that.
  void Notify(payment::ProvenNotice notice, int times) {
    for (int i = 0; i < times; ++i) {
      notice.raw.nonce = NewRequest();
      const absl::Duration most = absl::Minutes(world_.weather.instant ? 1 : 5);
      const absl::Duration wait = world_.scheduler.Between(absl::Milliseconds(5), most);
      world_.scheduler.After(world_.outside, wait, [this, notice] {
        if (!world_.payment_service.process.up()) return;
        world_.scheduler.Start<absl::Status>(
            world_.payment_service.process, [this, notice] { return world_.facts.Take(notice); },
            [](const absl::Status&) {});
      });
    }
  }

  Task<void> AddPlaces() {
    slot::Addition addition;
    addition.run = slot::RunId(absl::StrCat("rn-", 1 + world_.scheduler.Pick(3)));
    addition.class_code = world_.scheduler.Pick(2) == 0 ? "standing" : "second";
    addition.units = 1;
    addition.coach = "2";
    const RequestKey key = World::Key("operator", "AddCapacity", NewRequest());
    std::function<Task<std::string>()> call = [this, addition, key] {
      return Added(addition, key);
    };
    const auto added = co_await Insist(world_.RouteToSlot(), std::move(call));
    co_return added.status();
  }

  Task<std::string> Added(slot::Addition addition, RequestKey key) {
    slot::StoredAnswer answer{std::move(key), "added"};
    CO_RETURN_IF_ERROR(
        co_await world_.Slot().keeper.AddCapacity(std::move(addition), std::move(answer)));
    co_return std::string("added");
  }

  void SellRuns() {
    Sell("rn-1", absl::Hours(5), {"S0", "S1", "S2", "S3", "S4", "S5"}, 2);
    Sell("rn-2", absl::Hours(6), {"S0", "S2", "S3", "S5"}, 2);
    Sell("rn-3", absl::Hours(29), {"S0", "S1", "S2", "S3", "S5"}, 2);
  }

  void Sell(const std::string& id, absl::Duration departs, std::vector<std::string> stations,
            int seats) {
    slot::MemoryRun sold;
    sold.run.id = slot::RunId(id);
    sold.run.display_name = id;
    sold.run.time_zone = "UTC";
    absl::Time at = world_.scheduler.Now() + departs;
    sold.run.departs_at = at;
    sold.run.sale_open_at = world_.scheduler.Now() - absl::Hours(1);
    sold.run.service_date = absl::ToCivilDay(at, absl::UTCTimeZone());
    for (std::string& station : stations) {
      sold.run.stops.push_back(slot::Stop{station, station, station, at, at});
      at += absl::Minutes(20);
    }
    sold.run.classes = {{"second", slot::ClassKind::kAssigned, seats},
                        {"standing", slot::ClassKind::kCounted, seats - 1}};
    for (int i = 0; i < seats; ++i) {
      sold.units["second"].push_back(slot::Unit{i + 1 < seats ? "1" : "2", absl::StrCat(i)});
    }
    for (int from = 0; from < sold.run.legs(); ++from) {
      for (int to = from + 1; to <= sold.run.legs(); ++to) {
        sold.fares[{"second", {from, to}}] = Fen(3325 * (to - from));
        sold.fares[{"standing", {from, to}}] = Fen(1210 * (to - from));
      }
    }
    world_.runs[sold.run.id] = sold.run;
    world_.record.Open(std::move(sold));
  }

  World& world_;
  int requests_ = 0;
};

}  // namespace houbu::simulation
