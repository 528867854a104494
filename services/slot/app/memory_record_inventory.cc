#include <algorithm>

#include "absl/strings/str_format.h"

#include "libs/async/status_macros.h"
#include "services/slot/app/memory_record.h"
#include "services/slot/domain/rules.h"

namespace houbu::slot {
namespace {

using async::Task;

std::vector<RunId> FirstOf(const std::set<RunId>& runs, const RunId& after, int limit) {
  std::vector<RunId> first(runs.upper_bound(after), runs.end());
  if (first.size() > static_cast<std::size_t>(limit)) {
    first.resize(static_cast<std::size_t>(limit));
  }
  return first;
}

}  // namespace

Task<RaisedEpoch> MemoryRecord::RaiseEpoch(RunId run, std::int64_t used, std::int64_t index) {
  MemoryRun* found = FindRun(run);
  if (found == nullptr) co_return Refuse(kRunNotFound);
  RaisedEpoch raised;
  if (found->run.epoch <= used) {
    found->run.epoch = std::max({found->run.epoch, used, index}) + 1;
    Owe(run, clock_.Now());
    for (const auto& [id, debt] : debts_) {
      if (debt.run == run) raised.debts.push_back(id);
    }
  }
  raised.epoch = found->run.epoch;
  co_return raised;
}

Task<RunState> MemoryRecord::ReadState(RunId run) {
  MemoryRun* found = FindRun(run);
  if (found == nullptr) co_return Refuse(kRunNotFound);
  RunState state;
  state.run = run.value();
  state.epoch = found->run.epoch;
  state.legs = found->run.legs();
  state.sale = closed_.contains(run) ? Sale::kClosed : Sale::kOpen;
  for (const RunClass& run_class : found->run.classes) {
    ClassLayout layout;
    layout.code = run_class.code;
    layout.kind = run_class.kind;
    layout.capacity = run_class.capacity;
    layout.positions = run_class.positions;
    layout.shares = run_class.shares;
    const std::vector<Unit>& units = found->units[run_class.owner()];
    for (std::size_t i = 0; i < units.size(); ++i) {
      if (i == 0 || units[i].coach != units[i - 1].coach) layout.coach_sizes.push_back(0);
      ++layout.coach_sizes.back();
    }
    state.classes.push_back(std::move(layout));
  }
  for (const auto& [booking, claim] : claims_) {
    if (claim.run != run) continue;
    TakenPlaces taken;
    taken.token = claim.holder;
    taken.kind =
        DemandKind{claim.class_code, claim.legs, static_cast<int>(claim.travellers.size())};
    taken.units = claim.units;
    std::sort(taken.units.begin(), taken.units.end());
    state.taken.push_back(std::move(taken));
  }
  for (const auto& [id, demand] : demands_) {
    if (demand.run != run || demand.state != DemandState::kWaiting) continue;
    state.waiting.push_back(WaitingDemand{id, KindOf(demand), demand.effective_at});
  }
  co_return state;
}

Task<void> MemoryRecord::Settle(RunId, std::vector<std::int64_t> debts) {
  for (const std::int64_t debt : debts) debts_.erase(debt);
  co_return absl::OkStatus();
}

Task<void> MemoryRecord::MarkDirty(RunId run) {
  Owe(run, clock_.Now());
  co_return absl::OkStatus();
}

Task<std::vector<RunId>> MemoryRecord::ToRebuild(absl::Time owing_since, int limit) {
  std::set<RunId> owed;
  for (const auto& [id, debt] : debts_) {
    if (debt.at <= owing_since) owed.insert(debt.run);
  }
  co_return FirstOf(owed, RunId(), limit);
}

Task<std::vector<RunId>> MemoryRecord::RunsInUse(std::string after, int limit) {
  std::set<RunId> used;
  for (const auto& [booking, claim] : claims_) used.insert(claim.run);
  for (const auto& [id, demand] : demands_) {
    if (demand.state == DemandState::kWaiting) used.insert(demand.run);
  }
  const absl::Time ended = clock_.Now() - kRunLongest;
  std::erase_if(used, [this, ended](const RunId& id) {
    const MemoryRun* run = FindRun(id);
    return run == nullptr || run->run.departs_at <= ended;
  });
  co_return FirstOf(used, RunId(after), limit);
}

Task<std::set<std::string>> MemoryRecord::LiveHolders(std::vector<std::string> holders) {
  std::set<std::string> live;
  for (const auto& [booking, claim] : claims_) {
    if (std::count(holders.begin(), holders.end(), claim.holder) > 0) live.insert(claim.holder);
  }
  co_return live;
}

Task<Added> MemoryRecord::AddUnits(Addition addition, StoredAnswer answer, absl::Time now) {
  ASSIGN_OR_CO_RETURN(const std::optional<std::string> before, AnswerOf(answer.key));
  if (before.has_value()) co_return Refuse(kChangedMeanwhile);
  MemoryRun* found = FindRun(addition.run);
  if (found == nullptr) co_return Refuse(kRunNotFound);
  const auto grown =
      std::find_if(found->run.classes.begin(), found->run.classes.end(),
                   [&addition](const RunClass& each) { return each.code == addition.class_code; });
  if (grown == found->run.classes.end()) co_return Refuse(kClassUnknown);
  if (!grown->shares.empty()) co_return Refuse(kCapacityInvalid);
  Added added;
  added.units.class_code = addition.class_code;
  added.units.first_unit = grown->capacity;
  added.units.units = addition.units;
  if (grown->kind == ClassKind::kAssigned) {
    std::vector<Unit>& units = found->units[addition.class_code];
    added.units.extends_coach = !units.empty() && units.back().coach == addition.coach;
    for (int i = 0; i < addition.units; ++i) {
      units.push_back(Unit{addition.coach, absl::StrFormat("%02d", grown->capacity + i + 1)});
    }
  }
  for (RunClass& each : found->run.classes) {
    if (each.owner() == addition.class_code) each.capacity += addition.units;
  }
  const AnswerKey name(answer.key.caller, answer.key.method, answer.key.request_id);
  answers_[name] = std::move(answer);
  added.committed.epoch = found->run.epoch;
  added.committed.debt = Owe(addition.run, now);
  co_return added;
}

Task<Committed> MemoryRecord::SetSale(SaleChange change, StoredAnswer answer, absl::Time now) {
  ASSIGN_OR_CO_RETURN(const std::optional<std::string> before, AnswerOf(answer.key));
  if (before.has_value()) co_return Refuse(kChangedMeanwhile);
  const MemoryRun* found = FindRun(change.run);
  if (found == nullptr) co_return Refuse(kRunNotFound);
  if (change.sale == Sale::kClosed) {
    closed_.insert(change.run);
  } else {
    closed_.erase(change.run);
  }
  const AnswerKey name(answer.key.caller, answer.key.method, answer.key.request_id);
  answers_[name] = std::move(answer);
  Committed committed;
  committed.epoch = found->run.epoch;
  committed.debt = Owe(change.run, now);
  co_return committed;
}

Task<Sale> MemoryRecord::ReadSale(RunId run) {
  if (FindRun(run) == nullptr) co_return Refuse(kRunNotFound);
  co_return closed_.contains(run) ? Sale::kClosed : Sale::kOpen;
}

}  // namespace houbu::slot
