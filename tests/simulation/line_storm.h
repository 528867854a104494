/// A storm on the line: thousands wait, places are cancelled all at once and cancelled again by
/// who was served, while slot's two processes and their matchers die and come back. Everybody is in
/// line before it begins and nobody leaves or buys, so who must be served is known to the last.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "libs/testing/run_task.h"
#include "libs/testing/sequential_id_source.h"
#include "services/slot/app/placement.h"
#include "tests/simulation/network.h"
#include "tests/simulation/sequential_line.h"
#include "tests/simulation/slot_process.h"

namespace houbu::simulation {

/// How large a storm is.
struct StormSize {
  int runs = 4;
  int orders = 500;
};

/// One storm.
class LineStorm final {
 public:
  LineStorm(unsigned seed, Weather storm, StormSize size)
      : storm_(storm), size_(size), scheduler_(seed) {
    StartLoops(0);
    StartLoops(1);
  }
  ~LineStorm() { scheduler_.Stop(); }
  LineStorm(const LineStorm&) = delete;
  LineStorm& operator=(const LineStorm&) = delete;

  /// Tells it; gives what was wrong first, "" where nothing was.
  std::string Tell() {
    for (int run = 0; run < size_.runs; ++run) SellOut(run);
    for (int order = 0; order < size_.orders; ++order) Enlist(order);
    Run(absl::Minutes(5));
    if (CountDemands(slot::DemandState::kWaiting) != size_.orders)
      Object("somebody is not in line");
    weather_ = storm_;
    const std::map<slot::BookingId, slot::Booking> sold = bookings_;
    for (const auto& [id, booking] : sold) {
      if (scheduler_.Pick(10) < 7) CancelLater(id);
    }
    Run(absl::Minutes(12));
    weather_ = Weather();
    for (int i = 0; i < 100 && under_way_ > 0; ++i) Run(absl::Minutes(1));
    Run(absl::Minutes(5));
    if (objection_.empty()) CheckOrder();
    if (objection_.empty()) CheckRest();
    return objection_;
  }

  int deaths() const { return deaths_; }
  int served() const { return static_cast<int>(served_.size()); }
  int cancelled() const { return cancelled_; }
  int rebuilt() const { return rebuilt_; }
  /// How many matches each of the processes has brought to the record.
  const std::array<int, 2>& matched() const { return matched_; }

 private:
  static constexpr int kLegs = 5;

  void Object(const std::string& what) {
    if (objection_.empty()) objection_ = what;
  }

  void Run(absl::Duration time) {
    const absl::Time until = scheduler_.Now() + time;
    while (objection_.empty() && scheduler_.Step(until)) {
    }
  }

  // The world ------------------------------------------------------------------------------------

  void Kill(std::size_t i) {
    if (!processes_[i].up()) return;
    ++deaths_;
    processes_[i].Die();
    const absl::Duration away = scheduler_.Between(absl::Seconds(1), absl::Seconds(10));
    scheduler_.After(outside_, away, [this, i] {
      processes_[i].Rise();
      slots_[i].Begin();
      if (i == 0) outbox_.Resume();
      StartLoops(i);
    });
  }

  void StartLoops(std::size_t i) {
    SlotProcess& slot = slots_[i].now();
    Repeat(i, absl::Seconds(1), [&slot] { return slot.matching.ReadAll(); });
    Repeat(i, absl::Seconds(5), [&slot] { return slot.keeper.RebuildOwed(100); });
    Repeat(i, absl::Seconds(30), [&slot] { return slot.keeper.SweepTokens(); });
  }

  void Repeat(std::size_t i, absl::Duration interval, std::function<Task<int>()> round) {
    Process& process = processes_[i];
    scheduler_.After(process, interval, [this, i, interval, round, &process] {
      scheduler_.Start<absl::StatusOr<int>>(
          process, round,
          [this, i, interval, round](const absl::StatusOr<int>&) { Repeat(i, interval, round); });
    });
  }

  std::size_t Place() const { return &scheduler_.current() == &processes_[1] ? 1 : 0; }
  SlotProcess& Slot() { return slots_[Place()].now(); }
  Process& AnySlot() { return processes_[static_cast<std::size_t>(scheduler_.Pick(2))]; }

  SlotStores Stores() {
    WornIndex::Watch watch;
    watch.before = [this](const std::string& run) { lines_[run].Before(IndexOf(run)); };
    watch.loading = [this](const slot::RunState& state) {
      rebuilt_ += lines_[state.run].Loading(state) ? 1 : 0;
    };
    watch.after = [this](const std::string& run) {
      const auto state = IndexOf(run);
      const std::string wrong = state.has_value() ? lines_[run].After(*state) : "";
      if (!wrong.empty()) Object(absl::StrCat("W-05: on ", run, " ", wrong));
    };
    return SlotStores{scheduler_,
                      ids_,
                      record_,
                      index_,
                      homes_,
                      WornRecord::Report{[this](const slot::Change& change) { Committed(change); },
                                         [](const slot::Addition&) {}},
                      watch};
  }

  std::optional<slot::RunState> IndexOf(const std::string& run) {
    auto index = testing::RunTask(index_.plain().FullState(run));
    if (!index.ok()) return std::nullopt;
    return std::move(index->state);
  }

  // The listener takes every match; what was served may be cancelled once more.
  void Committed(const slot::Change& change) {
    if (change.demand.has_value()) {
      const slot::Demand& demand = *change.demand;
      demands_[demand.id] = demand;
      if (demand.state == slot::DemandState::kMatched) ++matched_[Place()];
      if (demand.state == slot::DemandState::kServed) served_.insert(demand.id.value());
    }
    if (change.booking.has_value()) {
      const slot::Booking& booking = *change.booking;
      const bool is_new = bookings_.count(booking.id) == 0;
      bookings_[booking.id] = booking;
      cancelled_ += booking.state == slot::BookingState::kCancelled ? 1 : 0;
      if (is_new && !booking.demand.empty() && scheduler_.Pick(3) == 0) CancelLater(booking.id);
    }
    for (const slot::Effect& effect : change.effects) {
      const auto* const found = std::get_if<slot::MatchFound>(&effect);
      if (found == nullptr) continue;
      OwedCall owed;
      owed.id = owed.aggregate = found->demand.value();
      owed.callee = [this]() -> Process& { return outside_; };
      owed.call = [] { return Yes(); };
      owed.take_answer = [this, demand = found->demand](const std::string&) {
        return Slot().matching.Decided(demand, true);
      };
      outbox_.Add(std::move(owed));
    }
  }

  static Task<std::string> Yes() { co_return std::string("yes"); }

  // The people -----------------------------------------------------------------------------------

  /// Asks one of the processes again and again until one of them answers.
  Task<void> Insist(std::function<Task<std::string>()> call) {
    for (int tries = 0; tries < 200; ++tries) {
      const auto answer = co_await CallAcross<std::string>(AnySlot(), weather_, call);
      if (!absl::IsUnavailable(answer.status()) && !absl::IsAborted(answer.status())) {
        co_return answer.status();
      }
      CO_RETURN_IF_ERROR(co_await Pause(absl::Seconds(1)));
    }
    co_return absl::UnavailableError("nobody answers");
  }

  void Tell(std::function<Task<std::string>()> call) {
    ++under_way_;
    scheduler_.Start<absl::Status>(
        outside_, [this, call] { return Insist(call); },
        [this](const absl::Status& ended) {
          --under_way_;
          if (absl::IsUnavailable(ended)) Object("a call is never answered");
        });
  }

  template <class Thing>
  Mutation<Thing> Request() {
    Mutation<Thing> mutation;
    mutation.key = RequestKey{"storm", "", ids_.Next("rq"), ""};
    mutation.render = [](const Thing& thing) { return thing.id.value(); };
    return mutation;
  }

  slot::DemandKind AnyKind() {
    slot::DemandKind kind;
    kind.class_code = scheduler_.Pick(4) == 0 ? "standing" : "second";
    kind.legs.from = scheduler_.Pick(kLegs);
    kind.legs.to = kind.legs.from + 1 + scheduler_.Pick(kLegs - kind.legs.from);
    kind.party = scheduler_.Pick(3) == 0 ? 2 + scheduler_.Pick(2) : 1;
    return kind;
  }

  std::vector<slot::Traveller> NewTravellers(int party) {
    std::vector<slot::Traveller> travellers;
    for (int i = 0; i < party; ++i) travellers.push_back({ids_.Next("tv"), "", ""});
    return travellers;
  }

  void OpenRun(int number) {
    slot::MemoryRun sold;
    sold.run.id = slot::RunId(absl::StrCat("rn-", number));
    sold.run.time_zone = "UTC";
    sold.run.departs_at = scheduler_.Now() + absl::Hours(240);
    sold.run.sale_open_at = scheduler_.Now() - absl::Hours(1);
    sold.run.service_date = absl::ToCivilDay(sold.run.departs_at, absl::UTCTimeZone());
    for (int stop = 0; stop <= kLegs; ++stop) {
      const std::string station = absl::StrCat("S", stop);
      const absl::Time at = sold.run.departs_at + absl::Minutes(20 * stop);
      sold.run.stops.push_back(slot::Stop{station, station, station, at, at});
    }
    sold.run.classes = {{"second", slot::ClassKind::kAssigned, 8},
                        {"standing", slot::ClassKind::kCounted, 4}};
    for (int i = 0; i < 8; ++i) {
      sold.units["second"].push_back(slot::Unit{i < 5 ? "1" : "2", absl::StrCat(i)});
    }
    for (int from = 0; from < kLegs; ++from) {
      for (int to = from + 1; to <= kLegs; ++to) {
        sold.fares[{"second", {from, to}}] = Fen(0);  // nothing to pay: what is held is booked
        sold.fares[{"standing", {from, to}}] = Fen(0);
      }
    }
    runs_.push_back(sold.run);
    record_.Open(std::move(sold));
  }

  // Nobody fits any more: first by chance, then leg by leg.
  void SellOut(int number) {
    OpenRun(number);
    for (int i = 0; i < 60; ++i) Sell(runs_.back(), AnyKind());
    for (int leg = 0; leg < kLegs; ++leg) {
      for (int i = 0; i < 9; ++i) {
        Sell(runs_.back(), {"second", {leg, leg + 1}, 1});
        Sell(runs_.back(), {"standing", {leg, leg + 1}, 1});
      }
    }
    Run(absl::Minutes(1));
  }

  void Sell(const slot::Run& run, const slot::DemandKind& kind) {
    slot::PlacementOrder order;
    order.origin.account = "accounts/ac-1";
    order.run = run;
    order.class_code = kind.class_code;
    order.legs = kind.legs;
    order.travellers = NewTravellers(kind.party);
    const auto mutation = Request<slot::Booking>();
    Tell([this, order, mutation] { return Book(order, mutation); });
  }

  Task<std::string> Book(slot::PlacementOrder order, Mutation<slot::Booking> mutation) {
    SlotProcess& slot = Slot();
    ASSIGN_OR_CO_RETURN(order.run, co_await slot.record.Load(order.run.id));
    slot::Placement placement(slot.tools);
    co_return co_await placement.Book(std::move(order), std::move(mutation));
  }

  void Enlist(int order) {
    const slot::DemandKind kind = AnyKind();
    slot::Enlistment asked;
    asked.id = slot::DemandId(absl::StrCat("dm-", order));
    const int run = scheduler_.Pick(size_.runs);
    asked.wish.run = runs_[static_cast<std::size_t>(run)].id;
    asked.wish.class_code = kind.class_code;
    asked.wish.from = absl::StrCat("S", kind.legs.from);
    asked.wish.to = absl::StrCat("S", kind.legs.to);
    asked.order = absl::StrCat("waitlistOrders/wo-", order);
    asked.travellers = NewTravellers(kind.party);
    asked.effective_at = scheduler_.Now() - absl::Microseconds(scheduler_.Pick(1000000));
    const auto mutation = Request<slot::Demand>();
    Tell([this, asked, mutation] { return Slot().line.Enlist(asked, mutation); });
  }

  void CancelLater(const slot::BookingId& booking) {
    slot::CancellationWish wish;
    wish.origin.account = bookings_[booking].account;
    wish.booking = booking;
    wish.reason = "plans changed";
    const auto mutation = Request<slot::Booking>();
    const absl::Duration wait = scheduler_.Between(absl::Milliseconds(1), absl::Minutes(8));
    ++under_way_;
    scheduler_.After(outside_, wait, [this, wish, mutation] {
      --under_way_;
      Tell([this, wish, mutation] { return Slot().cancellation.Cancel(wish, mutation); });
    });
  }

  // The truths -----------------------------------------------------------------------------------

  int CountDemands(slot::DemandState state) const {
    return static_cast<int>(std::count_if(demands_.begin(), demands_.end(), [state](const auto& d) {
      return d.second.state == state;
    }));
  }

  // I7 by the record alone: whoever was served, nobody earlier in line who would have fitted into
  // the same places was left behind, whichever matcher brought it and however often it died.
  void CheckOrder() {
    for (const auto& [id, served] : demands_) {
      if (served_.count(id.value()) == 0) continue;
      for (const auto& [other_id, other] : demands_) {
        const bool inside = other.run == served.run && other.class_code == served.class_code &&
                            served.legs.from <= other.legs.from && other.legs.to <= served.legs.to;
        const bool fits = inside && other.travellers.size() <= served.travellers.size();
        const bool earlier = other.effective_at < served.effective_at;
        if (fits && earlier && served_.count(other_id.value()) == 0) {
          return Object(absl::StrCat("I7: ", id.value(), " was served, ", other_id.value(),
                                     " before it was not but is ", NameOf(other.state), " on ",
                                     other.run.value()));
        }
      }
    }
  }

  // Nothing is under way, and index and record agree on who has places and who waits.
  void CheckRest() {
    if (outbox_.size() != 0) return Object("I12: owed " + outbox_.trouble());
    const int decided =
        static_cast<int>(served_.size()) + CountDemands(slot::DemandState::kWaiting);
    if (decided != size_.orders) return Object("I12: a match was never decided");
    for (const slot::Run& run : runs_) {
      const auto index = IndexOf(run.id.value());
      if (!index.has_value()) continue;
      std::set<std::string> by_record;
      const auto record = testing::RunTask(record_.ReadState(run.id));
      for (const slot::TakenPlaces& places : record->taken) by_record.insert(places.token);
      for (const slot::WaitingDemand& waiting : record->waiting) by_record.insert(waiting.demand);
      std::set<std::string> by_index;
      for (const slot::TakenPlaces& places : index->taken) by_index.insert(places.token);
      for (const slot::WaitingDemand& waiting : index->waiting) by_index.insert(waiting.demand);
      if (by_record != by_index) Object("I15: record and index differ on " + run.id.value());
    }
  }

  Weather weather_;  // fair until the storm
  Weather storm_;
  StormSize size_;
  std::string objection_;
  Scheduler scheduler_;
  Process outside_{"outside"};
  testing::SequentialIdSource ids_;
  slot::MemoryRecord record_{scheduler_};
  SharedIndex index_{scheduler_};
  MemoryHomes homes_{scheduler_};
  std::map<std::string, SequentialLine> lines_;
  std::vector<slot::Run> runs_;
  std::map<slot::BookingId, slot::Booking> bookings_;
  std::map<slot::DemandId, slot::Demand> demands_;
  std::set<std::string> served_;
  std::array<int, 2> matched_ = {0, 0};
  int cancelled_ = 0;
  int rebuilt_ = 0;
  int deaths_ = 0;
  int under_way_ = 0;  // calls that are made or will be
  std::array<Process, 2> processes_ = {Process("slot"), Process("slot-2")};
  Surroundings first_around_{scheduler_, processes_[0], weather_, [this] { Kill(0); }};
  Surroundings second_around_{scheduler_, processes_[1], weather_, [this] { Kill(1); }};
  std::array<SlotLives, 2> slots_ = {SlotLives(first_around_, Stores()),
                                     SlotLives(second_around_, Stores())};
  Outbox outbox_{scheduler_, processes_[0], weather_};
};

}  // namespace houbu::simulation
