#include "services/slot/app/fresh_index.h"

#include "absl/time/time.h"

#include "libs/async/retry.h"
#include "services/slot/app/index_load.h"

namespace houbu::slot {
namespace {

using async::Task;

// An index that claims to be further ahead of what somebody knows claims what cannot be: the record
// does not follow it there.
constexpr std::int64_t kEpochsBehindMax = 1'000'000;

// How long to wait for somebody else's rebuild of a run rather than to do it as well.
constexpr absl::Duration kRefreshPause = absl::Milliseconds(2);
constexpr int kRefreshLooksMax = 1000;

// Of the index as a whole, not of one run that is being rebuilt.
bool IsAway(const absl::Status& failure) {
  return absl::IsUnavailable(failure) && ReasonOf(failure) != kIndexBusy.reason;
}

// Something to answer with, as Ask must have.
Task<bool> TellSale(InventoryIndex& index, RunEpoch run, Sale sale) {
  const absl::Status told = co_await index.SetSale(std::move(run), sale);
  if (!told.ok()) co_return told;
  co_return true;
}

}  // namespace

// Whoever rebuilds a run says so until the end, also where it is cancelled in the middle of it.
struct FreshIndex::Ending {
  std::shared_ptr<RefreshingRuns> all;
  std::string run;
  std::shared_ptr<Refreshing> own;

  ~Ending() {
    own->ended = true;
    const auto found = all->find(run);
    if (found != all->end() && found->second == own) all->erase(found);
  }
};

template <class T>
Task<FreshIndex::Fresh<T>> FreshIndex::Ask(RunEpoch run, std::function<Task<T>(RunEpoch)> call) {
  for (int tries = 1; tries <= kTriesMax; ++tries) {
    absl::StatusOr<T> outcome = co_await call(run);
    if (outcome.ok()) {
      Fresh<T> fresh;
      fresh.value = *std::move(outcome);
      fresh.epoch = run.epoch;
      co_return fresh;
    }
    if (ReasonOf(outcome.status()) != kStaleIndex.reason) co_return outcome.status();
    std::int64_t index_epoch = EpochIn(outcome.status());
    if (index_epoch > run.epoch + kEpochsBehindMax) index_epoch = 0;
    ASSIGN_OR_CO_RETURN(run.epoch, co_await Refresh(run, index_epoch));
  }
  co_return Refuse(kIndexBusy);
}

Task<Allocation> FreshIndex::Allocate(RunEpoch run, DemandKind kind, std::string token,
                                      std::string positions) {
  std::function<Task<std::vector<int>>(RunEpoch)> call = [this, kind, token,
                                                          positions](RunEpoch current) {
    return index_.AllocateWished(std::move(current), kind, token, positions);
  };
  absl::StatusOr<Fresh<std::vector<int>>> fresh =
      co_await Ask<std::vector<int>>(run, std::move(call));
  if (direct_ != nullptr && IsAway(fresh.status())) {
    RunId id(run.run);
    co_return co_await direct_->Allocate(std::move(id), std::move(kind), std::move(token),
                                         std::move(positions));
  }
  if (!fresh.ok()) co_return fresh.status();
  if (direct_ != nullptr) direct_->Forget();
  Allocation allocation;
  allocation.units = std::move(fresh->value);
  allocation.epoch = fresh->epoch;
  co_return allocation;
}

Task<ReleaseOutcome> FreshIndex::Release(RunEpoch run, std::string token) {
  if (direct_ != nullptr) direct_->GiveBack(run.run, token);
  std::function<Task<ReleaseOutcome>(RunEpoch)> call =
      [this, token = std::move(token)](RunEpoch current) {
        return index_.Release(std::move(current), token);
      };
  ASSIGN_OR_CO_RETURN(const Fresh<ReleaseOutcome> fresh,
                      co_await Ask<ReleaseOutcome>(std::move(run), std::move(call)));
  co_return fresh.value;
}

Task<EnlistOutcome> FreshIndex::Enlist(RunEpoch run, WaitingDemand demand) {
  const RunId id(run.run);
  const std::int64_t used = run.epoch;
  std::function<Task<EnlistOutcome>(RunEpoch)> call =
      [this, demand = std::move(demand)](RunEpoch current) {
        return index_.Enlist(std::move(current), demand);
      };
  const auto fresh = co_await Ask<EnlistOutcome>(std::move(run), std::move(call));
  if (fresh.ok()) co_return fresh->value;
  if (IsAway(fresh.status())) {
    // Where this fails too, the debt of the demand remains.
    const auto ignored = co_await record_.RaiseEpoch(id, used, 0);
  }
  co_return fresh.status();
}

Task<WithdrawOutcome> FreshIndex::Withdraw(RunEpoch run, std::string demand) {
  std::function<Task<WithdrawOutcome>(RunEpoch)> call =
      [this, demand = std::move(demand)](RunEpoch current) {
        return index_.Withdraw(std::move(current), demand);
      };
  ASSIGN_OR_CO_RETURN(const Fresh<WithdrawOutcome> fresh,
                      co_await Ask<WithdrawOutcome>(std::move(run), std::move(call)));
  co_return fresh.value;
}

Task<int> FreshIndex::AddCapacity(RunEpoch run, AddedUnits added) {
  std::function<Task<int>(RunEpoch)> call = [this, added = std::move(added)](RunEpoch current) {
    return index_.AddCapacity(std::move(current), added);
  };
  ASSIGN_OR_CO_RETURN(const Fresh<int> fresh, co_await Ask<int>(std::move(run), std::move(call)));
  co_return fresh.value;
}

Task<void> FreshIndex::SetSale(RunEpoch run, Sale sale) {
  const RunId id(run.run);
  const std::int64_t used = run.epoch;
  std::function<Task<bool>(RunEpoch)> call = [this, sale](RunEpoch current) {
    return TellSale(index_, std::move(current), sale);
  };
  const auto fresh = co_await Ask<bool>(std::move(run), std::move(call));
  if (fresh.ok()) co_return absl::OkStatus();
  if (IsAway(fresh.status())) {
    // Where this fails too, the debt of the change remains.
    const auto ignored = co_await record_.RaiseEpoch(id, used, 0);
  }
  co_return fresh.status();
}

Task<std::vector<ClassVacancy>> FreshIndex::Snapshot(RunEpoch run, LegRange legs) {
  std::function<Task<std::vector<ClassVacancy>>(RunEpoch)> call = [this, legs](RunEpoch current) {
    return index_.Snapshot(std::move(current), legs);
  };
  absl::StatusOr<Fresh<std::vector<ClassVacancy>>> fresh =
      co_await Ask<std::vector<ClassVacancy>>(run, std::move(call));
  if (fresh.ok()) co_return std::move(fresh->value);
  if (direct_ == nullptr || !IsAway(fresh.status())) co_return fresh.status();
  RunId id(run.run);
  co_return co_await direct_->Snapshot(std::move(id), legs);
}

Task<void> FreshIndex::Repay(RunId run, Committed committed, std::string holder) {
  RunEpoch epoch;
  epoch.run = run.value();
  epoch.epoch = committed.epoch;
  const auto released = co_await Release(std::move(epoch), std::move(holder));
  if (!released.ok()) co_return released.status();
  std::vector<std::int64_t> debts(1, committed.debt);
  co_return co_await record_.Settle(std::move(run), std::move(debts));
}

Task<void> FreshIndex::TakeOut(RunId run, Committed committed, std::string demand) {
  RunEpoch epoch;
  epoch.run = run.value();
  epoch.epoch = committed.epoch;
  ASSIGN_OR_CO_RETURN(const WithdrawOutcome outcome, co_await Withdraw(std::move(epoch), demand));
  if (outcome == WithdrawOutcome::kMatched) {
    co_return co_await Repay(std::move(run), committed, std::move(demand));
  }
  std::vector<std::int64_t> debts(1, committed.debt);
  co_return co_await record_.Settle(std::move(run), std::move(debts));
}

Task<std::int64_t> FreshIndex::EpochOf(RunId run) {
  // Every epoch is above 0: nothing is raised.
  ASSIGN_OR_CO_RETURN(const RaisedEpoch now, co_await record_.RaiseEpoch(std::move(run), 0, 0));
  co_return now.epoch;
}

Task<std::int64_t> FreshIndex::Refresh(RunEpoch used, std::int64_t index) {
  const auto others = refreshing_->find(used.run);
  if (others != refreshing_->end()) {
    const std::shared_ptr<const Refreshing> ahead = others->second;
    for (int looks = 0; !ahead->ended && looks < kRefreshLooksMax; ++looks) {
      CO_RETURN_IF_ERROR(co_await async::Sleep(kRefreshPause));
    }
    if (ahead->epoch > used.epoch) co_return ahead->epoch;
  }
  const Ending ending{refreshing_, used.run, std::make_shared<Refreshing>()};
  (*refreshing_)[used.run] = ending.own;
  ASSIGN_OR_CO_RETURN(ending.own->epoch, co_await RefreshOnce(std::move(used), index));
  co_return ending.own->epoch;
}

Task<std::int64_t> FreshIndex::RefreshOnce(RunEpoch used, std::int64_t index) {
  const RunId run(used.run);
  ASSIGN_OR_CO_RETURN(RaisedEpoch raised, co_await record_.RaiseEpoch(run, used.epoch, index));
  ASSIGN_OR_CO_RETURN(RunState state, co_await record_.ReadState(run));
  const std::int64_t epoch = state.epoch;
  std::function<Task<std::int64_t>()> recorded = [this, run] { return EpochOf(run); };
  CO_RETURN_IF_ERROR(co_await LoadRecorded(index_, std::move(state), std::move(recorded)));
  if (!raised.debts.empty()) {
    CO_RETURN_IF_ERROR(co_await record_.Settle(run, std::move(raised.debts)));
  }
  co_return epoch;
}

}  // namespace houbu::slot
