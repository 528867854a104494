/// The world of a history: slot, waitlist and payment with their stores, outboxes and loops, and
/// the network between them. What the handlers of a service do is done here in two lines each.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "libs/testing/sequential_id_source.h"
#include "services/payment/app/fact_application.h"
#include "services/payment/app/inquiry.h"
#include "services/payment/app/payment_closing.h"
#include "services/payment/app/payment_opening.h"
#include "services/payment/app/payment_start.h"
#include "services/payment/app/refund_dispatch.h"
#include "services/payment/app/refunding.h"
#include "services/payment/app/settlement.h"
#include "services/waitlist/app/order_life.h"
#include "services/waitlist/app/order_placement.h"
#include "tests/simulation/money_ports.h"
#include "tests/simulation/network.h"
#include "tests/simulation/slot_process.h"

namespace houbu::simulation {

/// Who looks on, told after every commit and around every change of the index.
class Onlooker {
 public:
  virtual ~Onlooker() = default;
  /// A store has just committed.
  virtual void Committed() = 0;
  /// The index of a run may be about to change.
  virtual void IndexBefore(const std::string& run) = 0;
  /// It may have changed.
  virtual void IndexAfter(const std::string& run) = 0;
};

/// The id after the slash.
inline std::string LastPart(const std::string& name) { return name.substr(name.rfind('/') + 1); }

/// One service's process, its weather and what it owes.
struct Service {
  Service(Scheduler& scheduler, const std::string& name, const Weather& weather,
          std::function<void()> die)
      : process(name),
        around(scheduler, process, weather, std::move(die)),
        outbox(scheduler, process, weather) {}

  Process process;
  Surroundings around;
  Outbox outbox;
};

/// Everything there is.
class World final {
 public:
  World(unsigned seed, Weather now) : weather(now), scheduler(seed) { StartLoops(); }
  ~World() { scheduler.Stop(); }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// Lets everything that is due by `until` happen, while nobody objects.
  template <class Objects>
  void RunUntil(absl::Time until, Objects objects) {
    while (!objects() && scheduler.Step(until)) {
    }
  }

  /// Kills a service; it is back within half a minute.
  void Kill(Service& service) {
    if (!service.process.up()) return;
    ++deaths;
    service.process.Die();
    const absl::Duration away = scheduler.Between(absl::Seconds(1), absl::Seconds(30));
    scheduler.After(outside, away, [this, &service] {
      service.process.Rise();
      if (&service == &slot_service) first_slot.Begin();
      if (&service == &other_slot_service) second_slot.Begin();
      service.outbox.Resume();
      for (std::size_t i = 0; i < loops_.size(); ++i) {
        if (loops_[i].service == &service) Turn(i);
      }
    });
  }

  /// To one of a service's processes, where it has but one.
  static Route RouteTo(Service& service) {
    return [&service]() -> Process& { return service.process; };
  }
  /// To any of slot's, another one for every try.
  Route RouteToSlot() {
    return [this]() -> Process& { return AnySlot(); };
  }
  /// One of slot's processes, be it up or not.
  Process& AnySlot() {
    return scheduler.Pick(2) == 0 ? slot_service.process : other_slot_service.process;
  }
  /// The slot process that runs at this instant.
  SlotProcess& Slot() {
    const bool is_second = &scheduler.current() == &other_slot_service.process;
    return is_second ? second_slot.now() : first_slot.now();
  }

  /// A request of `caller` under `id`.
  static RequestKey Key(const std::string& caller, const std::string& method,
                        const std::string& id) {
    return RequestKey{caller, method, id, id};
  }

  /// A mutation that answers with a thing's id.
  template <class Thing>
  static Mutation<Thing> AnswerId(RequestKey key) {
    Mutation<Thing> mutation;
    mutation.key = std::move(key);
    mutation.render = [](const Thing& thing) { return thing.id.value(); };
    return mutation;
  }

  Weather weather;
  Onlooker* onlooker = nullptr;
  /// Called when money is on its way to a booking or places to an order, by their names: the moment
  /// at which somebody else's word would meet it.
  std::function<void(const std::string&)> meeting = [](const std::string&) {};
  int pace = 1;  ///< Loops turn so many times slower.
  int deaths = 0;
  Scheduler scheduler;
  Process outside{"outside"};
  testing::SequentialIdSource ids;

  /// Slot runs twice, on one record and one index; what both owe is sent by the first.
  Service slot_service{scheduler, "slot", weather, [this] { Kill(slot_service); }};
  Service other_slot_service{scheduler, "slot-2", weather, [this] { Kill(other_slot_service); }};
  slot::MemoryRecord record{scheduler};
  SharedIndex index{scheduler};
  MemoryHomes homes{scheduler};
  std::map<slot::RunId, slot::Run> runs;              ///< As they are sold.
  std::map<slot::BookingId, slot::Booking> bookings;  ///< As they were committed last.
  std::map<slot::DemandId, slot::Demand> demands;     ///< As they were committed last.
  SlotLives first_slot{slot_service.around, Stores()};
  SlotLives second_slot{other_slot_service.around, Stores()};

  Service waitlist_service{scheduler, "waitlist", weather, [this] { Kill(waitlist_service); }};
  waitlist::MemoryOrderStore orders_store;
  std::map<waitlist::OrderId, waitlist::Order> orders;
  WornOrders worn_orders{orders_store, waitlist_service.around,
                         [this](const waitlist::Step& step) { SendFromWaitlist(step); }};
  class Quotes final : public waitlist::Slots {
   public:
    explicit Quotes(World& world) : world_(world) {}
    Task<waitlist::Quote> Ask(waitlist::Wish wish) override;

   private:
    World& world_;
  };
  Quotes quotes{*this};
  waitlist::OrderPlacement placement{worn_orders, quotes, scheduler, ids,
                                     waitlist::WaitlistPolicy()};
  waitlist::OrderLife life{worn_orders, scheduler};

  Service payment_service{scheduler, "payment", weather, [this] { Kill(payment_service); }};
  payment::MemoryPaymentStore payments;
  WornPayments worn_payments{payments, payment_service.around, [this] { SendFromPayment(); }};
  payment::MemoryProvider provider;
  WornProvider worn_provider{provider, payment_service.around};
  payment::PolicyBook policies;
  payment::Providers providers{{payment::Channel::kSandbox, &worn_provider}};
  payment::FactApplication facts{worn_payments, scheduler, providers};
  payment::PaymentOpening opening{worn_payments, scheduler, policies};
  payment::PaymentStart start{worn_payments, scheduler, providers, facts};
  payment::PaymentClosing closing{worn_payments, scheduler, providers, facts};
  payment::Refunding refunding{worn_payments, scheduler, policies};
  payment::Settlement settlement{worn_payments, scheduler};
  payment::Inquiry inquiry{worn_payments, scheduler, providers, facts, closing};
  payment::RefundDispatch dispatch{worn_payments, scheduler, payment::Channel::kSandbox,
                                   worn_provider, facts,     payment::RefundDispatchOptions()};

 private:
  struct Loop {
    Service* service;
    absl::Duration interval;
    std::function<Task<void>()> round;
  };

  static Task<void> Quietly(Task<int> round) {
    const auto done = co_await std::move(round);
    co_return done.status();
  }

  void StartLoops() {
    loops_ = {
        {&waitlist_service, absl::Seconds(10), [this] { return life.ExpireDue(); }},
        {&payment_service, absl::Seconds(15), [this] { return inquiry.Round(); }},
        {&payment_service, absl::Seconds(8), [this] { return dispatch.Round(); }},
    };
    StartLoopsOf(slot_service, first_slot);
    StartLoopsOf(other_slot_service, second_slot);
    for (std::size_t i = 0; i < loops_.size(); ++i) Turn(i);
  }

  void StartLoopsOf(Service& service, SlotLives& lives) {
    const auto add = [this, &service](absl::Duration interval, std::function<Task<int>()> round) {
      loops_.push_back({&service, interval, [round] { return Quietly(round()); }});
    };
    add(absl::Seconds(2), [&lives] { return lives.now().matching.ReadAll(); });
    add(absl::Seconds(6), [&lives] { return lives.now().due_bookings.Sweep(100); });
    add(absl::Seconds(20), [&lives] { return lives.now().line.SweepDeparted(100); });
    add(absl::Seconds(5), [&lives] { return lives.now().keeper.RebuildOwed(100); });
    add(absl::Seconds(30), [&lives] { return lives.now().keeper.SweepTokens(); });
    add(absl::Seconds(15), [&lives] { return lives.now().keeper.ReviveLost(100); });
    // A service looks far more often. Here an index that was thrown back does harm for longer.
    loops_.push_back({&service, absl::Seconds(10), [&lives] { return lives.now().index.Check(); }});
  }

  SlotStores Stores() {
    const auto before = [this](const std::string& run) {
      if (onlooker != nullptr) onlooker->IndexBefore(run);
    };
    const auto after = [this](const std::string& run) {
      if (onlooker != nullptr) onlooker->IndexAfter(run);
    };
    return SlotStores{
        scheduler,
        ids,
        record,
        index,
        homes,
        WornRecord::Report{[this](const slot::Change& change) { SendFromSlot(change); },
                           [this](const slot::Addition& addition) { Extend(addition); }},
        WornIndex::Watch{before, after}};
  }

  void Turn(std::size_t i) {
    const Loop& loop = loops_[i];
    Process& process = loop.service->process;
    scheduler.After(process, loop.interval * pace, [this, i, &process] {
      scheduler.Start<absl::Status>(process, loops_[i].round,
                                    [this, i](const absl::Status&) { Turn(i); });
    });
  }

  void Changed() {
    if (onlooker != nullptr) onlooker->Committed();
  }

  void Extend(const slot::Addition& addition) {
    for (slot::RunClass& sold : runs.at(addition.run).classes) {
      if (sold.code == addition.class_code) sold.capacity += addition.units;
    }
  }

  void SendFromSlot(const slot::Change& change);
  void SendFromWaitlist(const waitlist::Step& step);
  void SendFromPayment();

  std::vector<Loop> loops_;
  std::size_t slot_sent_ = 0;
  std::size_t payment_sent_ = 0;
};

}  // namespace houbu::simulation
