#include "services/slot/app/demand_line.h"

#include <utility>
#include <vector>

#include "libs/async/join.h"
#include "libs/async/retry.h"
#include "libs/async/status_macros.h"
#include "libs/base/civil.h"

namespace houbu::slot {

using async::Task;

Task<DemandLine::Target> DemandLine::FindTarget(DemandWish wish) {
  Target target;
  ASSIGN_OR_CO_RETURN(target.run, co_await tools_.runs.Load(wish.run));
  if (FindClass(target.run, wish.class_code) == nullptr) co_return Refuse(kClassUnknown);
  const std::optional<LegRange> legs = FindLegs(target.run, wish.from, wish.to);
  if (!legs.has_value()) co_return Refuse(kStretchUnknown);
  target.legs = *legs;
  co_return target;
}

Task<DemandQuote> DemandLine::Quote(DemandWish wish) {
  ASSIGN_OR_CO_RETURN(const Target target, co_await FindTarget(wish));
  const absl::Time now = tools_.clock.Now();
  // Who waits may wait past the days in which an appointment can be bought (R-10 is about buying).
  if (now >= BoardingOf(target.run, target.legs).departs_at) co_return Refuse(kRunDeparted);
  // Where places are free, who enters the line buys them at once.
  ASSIGN_OR_CO_RETURN(const Sale sale, co_await tools_.inventory.ReadSale(wish.run));
  if (sale == Sale::kClosed) co_return Refuse(kRunClosed);
  ASSIGN_OR_CO_RETURN(const std::optional<Money> fare,
                      co_await tools_.runs.Fare(wish.run, wish.class_code, target.legs));
  if (!fare.has_value()) co_return Refuse(kNotSold);
  RunEpoch epoch;
  epoch.run = target.run.id.value();
  epoch.epoch = target.run.epoch;
  ASSIGN_OR_CO_RETURN(const std::vector<ClassVacancy> vacancies,
                      co_await tools_.fresh_index.Snapshot(std::move(epoch), target.legs));
  DemandQuote quote;
  quote.trip = TripOf(target.run, wish.class_code, target.legs);
  quote.fare = *fare;
  quote.boarding_day = DayAt(quote.trip.departs_at, ZoneOf(target.run));
  quote.origin_city = BoardingOf(target.run, target.legs).city;
  quote.destination_city = AlightingOf(target.run, target.legs).city;
  for (const ClassVacancy& vacancy : vacancies) {
    if (vacancy.class_code == wish.class_code) quote.free = vacancy.free;
  }
  co_return quote;
}

Task<std::string> DemandLine::Enlist(Enlistment enlistment, Mutation<Demand> mutation) {
  async::RetryPolicy policy;
  std::function<Task<Written>()> attempt = [this, enlistment = std::move(enlistment),
                                            mutation = std::move(mutation)] {
    return OrBefore(EnlistInRecord(enlistment, mutation), mutation.key);
  };
  ASSIGN_OR_CO_RETURN(Written written, co_await async::Retry<Written>(policy, std::move(attempt)));
  if (written.owes) {
    // It waits, whatever the index says now: a rebuild puts it in line where it belongs.
    const absl::Status ignored = co_await TellIndex(written.demand, written.committed);
  }
  co_return std::move(written.answer);
}

// What refuses may be what the request itself did when it was sent before.
Task<DemandLine::Written> DemandLine::OrBefore(Task<Written> writing, RequestKey key) {
  auto written = co_await std::move(writing);
  if (written.ok()) co_return written;
  Written before;
  ASSIGN_OR_CO_RETURN(before.answer,
                      co_await StoredAnswerOr(tools_.record, std::move(key), written.status()));
  co_return before;
}

Task<DemandLine::Written> DemandLine::EnlistInRecord(Enlistment enlistment,
                                                     Mutation<Demand> mutation) {
  Written written;
  ASSIGN_OR_CO_RETURN(const Target target, co_await FindTarget(enlistment.wish));
  const absl::Time now = tools_.clock.Now();
  Demand demand;
  demand.id = enlistment.id;
  demand.order = enlistment.order;
  demand.account = enlistment.account;
  demand.payment = enlistment.payment;
  demand.run = enlistment.wish.run;
  demand.class_code = enlistment.wish.class_code;
  demand.legs = target.legs;
  demand.from_station = enlistment.wish.from;
  demand.to_station = enlistment.wish.to;
  demand.departs_at = BoardingOf(target.run, target.legs).departs_at;
  demand.effective_at = enlistment.effective_at;
  demand.created_at = now;
  demand.travellers = enlistment.travellers;

  Change change;
  change.now = now;
  change.origin = enlistment.origin;
  if (now >= demand.departs_at) {
    demand.state = DemandState::kFailed;
    demand.fail_reason = kRunDeparted.reason;
    change.effects.emplace_back(DemandLost{demand.id, demand.order, demand.fail_reason});
  } else {
    written.owes = true;
    change.owes_index = demand.run;
  }
  written.answer = mutation.render(demand);
  change.answer = StoredAnswer{mutation.key, written.answer};
  change.demand = demand;
  written.demand = std::move(demand);
  ASSIGN_OR_CO_RETURN(written.committed, co_await tools_.record.Commit(std::move(change)));
  co_return written;
}

Task<void> DemandLine::TellIndex(Demand demand, Committed committed) {
  RunEpoch epoch;
  epoch.run = demand.run.value();
  epoch.epoch = committed.epoch;
  WaitingDemand waiting;
  waiting.demand = demand.id.value();
  waiting.kind = KindOf(demand);
  waiting.effective_time = demand.effective_at;
  const auto enlisted = co_await tools_.fresh_index.Enlist(std::move(epoch), std::move(waiting));
  if (!enlisted.ok()) co_return enlisted.status();
  if (*enlisted == EnlistOutcome::kMatched) TellReleased(tools_);
  std::vector<std::int64_t> debts(1, committed.debt);
  co_return co_await tools_.inventory.Settle(demand.run, std::move(debts));
}

Task<std::string> DemandLine::Withdraw(DemandId id, Origin origin, Mutation<Demand> mutation) {
  async::RetryPolicy policy;
  std::function<Task<Written>()> attempt = [this, id = std::move(id), origin = std::move(origin),
                                            mutation = std::move(mutation)] {
    return OrBefore(WithdrawInRecord(id, origin, mutation), mutation.key);
  };
  ASSIGN_OR_CO_RETURN(Written written, co_await async::Retry<Written>(policy, std::move(attempt)));
  if (written.owes) {
    const absl::Status ignored = co_await tools_.fresh_index.TakeOut(
        written.demand.run, written.committed, written.demand.id.value());
  }
  co_return std::move(written.answer);
}

Task<DemandLine::Written> DemandLine::WithdrawInRecord(DemandId id, Origin origin,
                                                       Mutation<Demand> mutation) {
  Written written;
  ASSIGN_OR_CO_RETURN(written.demand, co_await demands_.Load(id));
  Change change;
  change.now = tools_.clock.Now();
  change.origin = std::move(origin);
  if (written.demand.state == DemandState::kWaiting) {
    ASSIGN_OR_CO_RETURN(written.demand, slot::Withdraw(std::move(written.demand)));
    written.owes = true;
    change.demand = written.demand;
    change.owes_index = written.demand.run;
  }
  written.answer = mutation.render(written.demand);
  change.answer = StoredAnswer{mutation.key, written.answer};
  ASSIGN_OR_CO_RETURN(written.committed, co_await tools_.record.Commit(std::move(change)));
  co_return written;
}

Task<int> DemandLine::SweepDeparted(int limit) {
  const absl::Time now = tools_.clock.Now();
  ASSIGN_OR_CO_RETURN(const std::vector<DemandId> departed, co_await demands_.Departed(now, limit));
  std::vector<Task<void>> ends;
  ends.reserve(departed.size());
  for (const DemandId& id : departed) ends.push_back(failing_.Fail(id, kRunDeparted.reason));
  co_return co_await EndTogether(std::move(ends));
}

}  // namespace houbu::slot
