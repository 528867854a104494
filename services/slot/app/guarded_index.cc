#include "services/slot/app/guarded_index.h"

#include <optional>
#include <type_traits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "libs/async/retry.h"
#include "libs/async/status_macros.h"

namespace houbu::slot {
namespace {

using async::Task;

// More epochs than a run will ever have; with a million homes still exact in the index's doubles.
constexpr std::int64_t kEpochsOfHome = 10'000'000'000;
constexpr char kNoEviction[] = "noeviction";
// How long somebody else who moves a shard has to tell its server.
constexpr absl::Duration kSettleMax = absl::Seconds(2);
constexpr absl::Duration kSettlePause = absl::Milliseconds(50);
constexpr absl::Duration kLookPause = absl::Milliseconds(5);
constexpr int kLooksMax = 100;
constexpr int kTriesMax = 3;

enum class Judgement { kHome, kReadAgain, kAwaitSettling, kMove };

Judgement Judge(const IndexHome& home, const ShownHome& shown) {
  if (home.server != shown.server || shown.number > home.number) return Judgement::kMove;
  if (shown.number < home.number) {
    return home.age < kSettleMax ? Judgement::kAwaitSettling : Judgement::kMove;
  }
  if (shown.mark < home.mark) return Judgement::kMove;
  return shown.mark > home.mark + 1 ? Judgement::kReadAgain : Judgement::kHome;
}

absl::Status CheckFit(const std::string& deployment, const ShownHome& shown) {
  if (!shown.deployment.empty() && shown.deployment != deployment) return Refuse(kIndexForeign);
  if (shown.eviction != kNoEviction) {
    Metadata facts;
    facts["policy"] = shown.eviction;
    return Refuse(kIndexEvicts, std::move(facts));
  }
  return absl::OkStatus();
}

absl::Status NotThere() {
  Metadata facts;
  facts["epoch"] = "0";
  return Refuse(kStaleIndex, std::move(facts));
}

template <class T>
absl::Status StatusOf(const T& outcome) {
  if constexpr (std::is_same_v<T, absl::Status>) {
    return outcome;
  } else {
    return outcome.status();
  }
}

}  // namespace

void GuardedIndex::Turn(absl::Status state, const absl::Status& cause) {
  if (state == state_) return;
  state_ = std::move(state);
  if (tools_.watch.turned) tools_.watch.turned(state_, cause);
}

void GuardedIndex::Note(const absl::Status& outcome) {
  failures_ = absl::IsUnavailable(outcome) ? failures_ + 1 : 0;
  if (failures_ < tools_.policy.failures_max) return;
  given_up_ = true;
  if (state_.ok()) Turn(Refuse(kIndexAway), outcome);
}

// A call waits for somebody else's look rather than to look itself; either ends soon.
Task<void> GuardedIndex::Verify() {
  for (int looks = 0; looks < kLooksMax; ++looks) {
    if (verified_) co_return state_;
    if (!looking_) co_return co_await LookAtAll();
    CO_RETURN_IF_ERROR(co_await async::Sleep(kLookPause));
  }
  co_return Refuse(kIndexAway);
}

Task<void> GuardedIndex::Admit() {
  if (!state_.ok() || verified_) co_return state_;
  co_return co_await Verify();
}

Task<void> GuardedIndex::Check() {
  if (looking_) co_return absl::OkStatus();
  const absl::Status looked = co_await LookAtAll();
  if (!looked.ok()) co_return looked;
  given_up_ = false;
  failures_ = 0;
  Turn(absl::OkStatus(), absl::OkStatus());
  co_return absl::OkStatus();
}

Task<void> GuardedIndex::LookAtAll() {
  looking_ = true;
  // Also where the caller is cancelled in the middle of it.
  struct Ending {
    bool& looking;
    ~Ending() { looking = false; }
  };
  const Ending ending{looking_};
  if (deployment_.empty()) {
    ASSIGN_OR_CO_RETURN(deployment_, co_await tools_.homes.Deployment());
  }
  ASSIGN_OR_CO_RETURN(const std::vector<IndexHome> known, co_await tools_.homes.Homes(shards()));
  std::vector<IndexHome> homes;
  for (const IndexHome& each : known) {
    absl::StatusOr<IndexHome> home = co_await LookAt(each);
    if (!home.ok()) {
      if (IsUnfit(home.status())) {
        Turn(home.status(), home.status());
      } else {
        Note(home.status());
      }
      co_return home.status();
    }
    if (numbers_[home->shard] != home->number) ++moves_;
    numbers_[home->shard] = home->number;
    tools_.servers.Trust(*home);
    homes.push_back(*std::move(home));
  }
  verified_ = true;
  if (!given_up_) Turn(absl::OkStatus(), absl::OkStatus());
  // The marks count on later where this fails.
  const absl::Status ignored = co_await tools_.homes.CountOn(std::move(homes));
  co_return absl::OkStatus();
}

Task<IndexHome> GuardedIndex::LookAt(IndexHome home) {
  for (int looks = 0; looks < kLooksMax; ++looks) {
    ASSIGN_OR_CO_RETURN(const ShownHome shown, co_await tools_.servers.Show(deployment_, home));
    CO_RETURN_IF_ERROR(CheckFit(deployment_, shown));
    const Judgement judgement = Judge(home, shown);
    if (judgement == Judgement::kHome) co_return home;
    const int shard = home.shard;
    const std::int64_t mark = home.mark;
    if (judgement == Judgement::kAwaitSettling) {
      CO_RETURN_IF_ERROR(co_await async::Sleep(kSettlePause));
    }
    if (judgement != Judgement::kMove) {
      ASSIGN_OR_CO_RETURN(home, co_await ReadAgain(shard));
      // The record is behind what the index was told: it is the record that was thrown back.
      const bool ahead = judgement == Judgement::kReadAgain && home.mark == mark;
      if (!ahead) continue;
    }
    ASSIGN_OR_CO_RETURN(home, co_await MoveTo(std::move(home), shown));
  }
  co_return Refuse(kIndexAway);
}

Task<IndexHome> GuardedIndex::ReadAgain(int shard) {
  ASSIGN_OR_CO_RETURN(std::vector<IndexHome> homes, co_await tools_.homes.Homes(shards()));
  for (IndexHome& home : homes) {
    if (home.shard == shard) co_return std::move(home);
  }
  co_return absl::InternalError("a shard of the index has no home");
}

// The record first: a server that is told first and then forgotten would not be noticed.
Task<IndexHome> GuardedIndex::MoveTo(IndexHome home, ShownHome shown) {
  const int shard = home.shard;
  ASSIGN_OR_CO_RETURN(const std::optional<IndexHome> moved,
                      co_await tools_.homes.Move(std::move(home), shown));
  if (!moved.has_value()) co_return co_await ReadAgain(shard);
  if (tools_.watch.moved) tools_.watch.moved(*moved, shown);
  CO_RETURN_IF_ERROR(co_await tools_.servers.Settle(deployment_, *moved));
  co_return *moved;
}

RunEpoch GuardedIndex::Inside(RunEpoch run) const {
  const auto home = numbers_.find(tools_.servers.ShardOf(run.run));
  const std::int64_t number = home == numbers_.end() ? 0 : home->second;
  run.epoch += number * kEpochsOfHome;
  return run;
}

// What is of an earlier home is as good as not there. A later home is news: somebody else moved
// the shard, so it is looked at before the next call.
std::int64_t GuardedIndex::Outside(const std::string& run, std::int64_t epoch) {
  const std::int64_t number = numbers_[tools_.servers.ShardOf(run)];
  if (epoch / kEpochsOfHome > number) verified_ = false;
  return epoch / kEpochsOfHome == number ? epoch % kEpochsOfHome : 0;
}

absl::Status GuardedIndex::OutsideOf(const std::string& run, const absl::Status& refusal) {
  if (ReasonOf(refusal) != kStaleIndex.reason) return refusal;
  Metadata facts = MetadataOf(refusal);
  std::int64_t epoch = 0;
  if (!absl::SimpleAtoi(facts["epoch"], &epoch)) epoch = 0;
  facts["epoch"] = absl::StrCat(Outside(run, epoch));
  return Refuse(kStaleIndex, std::move(facts));
}

template <class T>
Task<T> GuardedIndex::Through(std::function<Task<T>()> call) {
  for (int tries = 1;; ++tries) {
    CO_RETURN_IF_ERROR(co_await Admit());
    auto outcome = co_await call();
    const absl::Status status = StatusOf(outcome);
    if (ReasonOf(status) != kIndexStranger.reason) {
      Note(status);
      co_return outcome;
    }
    verified_ = false;
    if (tries >= kTriesMax) co_return outcome;
  }
}

template <class T>
Task<T> GuardedIndex::ThroughRun(RunEpoch run, std::function<Task<T>(RunEpoch)> call) {
  // The number of its home is looked up when it is known, and for every try anew.
  const std::string id = run.run;
  const int moves = moves_;
  std::function<Task<T>()> bound = [this, run = std::move(run), call = std::move(call)] {
    return call(Inside(run));
  };
  auto outcome = co_await Through<T>(std::move(bound));
  const absl::Status status = StatusOf(outcome);
  if (!status.ok()) co_return OutsideOf(id, status);
  // What was proposed in a home that has been left meanwhile is void.
  if (moves != moves_) co_return NotThere();
  co_return outcome;
}

Task<int> GuardedIndex::Load(RunState state) {
  RunEpoch run;
  run.run = state.run;
  run.epoch = state.epoch;
  std::function<Task<int>(RunEpoch)> call = [this, state = std::move(state)](RunEpoch inside) {
    RunState moved = state;
    moved.epoch = inside.epoch;
    return tools_.index.Load(std::move(moved));
  };
  co_return co_await ThroughRun<int>(std::move(run), std::move(call));
}

Task<std::vector<int>> GuardedIndex::Allocate(RunEpoch run, DemandKind kind, std::string token) {
  std::function<Task<std::vector<int>>(RunEpoch)> call =
      [this, kind = std::move(kind), token = std::move(token)](RunEpoch inside) {
        return tools_.index.Allocate(std::move(inside), kind, token);
      };
  co_return co_await ThroughRun<std::vector<int>>(std::move(run), std::move(call));
}

Task<std::vector<int>> GuardedIndex::AllocateWished(RunEpoch run, DemandKind kind,
                                                    std::string token, std::string positions) {
  std::function<Task<std::vector<int>>(RunEpoch)> call =
      [this, kind = std::move(kind), token = std::move(token),
       positions = std::move(positions)](RunEpoch inside) {
        return tools_.index.AllocateWished(std::move(inside), kind, token, positions);
      };
  co_return co_await ThroughRun<std::vector<int>>(std::move(run), std::move(call));
}

Task<ReleaseOutcome> GuardedIndex::Release(RunEpoch run, std::string token) {
  std::function<Task<ReleaseOutcome>(RunEpoch)> call = [this,
                                                        token = std::move(token)](RunEpoch inside) {
    return tools_.index.Release(std::move(inside), token);
  };
  co_return co_await ThroughRun<ReleaseOutcome>(std::move(run), std::move(call));
}

Task<EnlistOutcome> GuardedIndex::Enlist(RunEpoch run, WaitingDemand demand) {
  std::function<Task<EnlistOutcome>(RunEpoch)> call =
      [this, demand = std::move(demand)](RunEpoch inside) {
        return tools_.index.Enlist(std::move(inside), demand);
      };
  co_return co_await ThroughRun<EnlistOutcome>(std::move(run), std::move(call));
}

Task<WithdrawOutcome> GuardedIndex::Withdraw(RunEpoch run, std::string demand) {
  std::function<Task<WithdrawOutcome>(RunEpoch)> call =
      [this, demand = std::move(demand)](RunEpoch inside) {
        return tools_.index.Withdraw(std::move(inside), demand);
      };
  co_return co_await ThroughRun<WithdrawOutcome>(std::move(run), std::move(call));
}

Task<int> GuardedIndex::AddCapacity(RunEpoch run, AddedUnits added) {
  std::function<Task<int>(RunEpoch)> call = [this, added = std::move(added)](RunEpoch inside) {
    return tools_.index.AddCapacity(std::move(inside), added);
  };
  co_return co_await ThroughRun<int>(std::move(run), std::move(call));
}

Task<void> GuardedIndex::SetSale(RunEpoch run, Sale sale) {
  std::function<Task<void>(RunEpoch)> call = [this, sale](RunEpoch inside) {
    return tools_.index.SetSale(std::move(inside), sale);
  };
  co_return co_await ThroughRun<void>(std::move(run), std::move(call));
}

Task<void> GuardedIndex::Remove(RunEpoch run) {
  std::function<Task<void>(RunEpoch)> call = [this](RunEpoch inside) {
    return tools_.index.Remove(std::move(inside));
  };
  co_return co_await ThroughRun<void>(std::move(run), std::move(call));
}

Task<void> GuardedIndex::Confirm(std::string run, std::vector<std::string> tokens) {
  std::function<Task<void>()> call = [this, run = std::move(run), tokens = std::move(tokens)] {
    return tools_.index.Confirm(run, tokens);
  };
  co_return co_await Through<void>(std::move(call));
}

Task<std::vector<ClassVacancy>> GuardedIndex::Snapshot(RunEpoch run, LegRange legs) {
  std::function<Task<std::vector<ClassVacancy>>(RunEpoch)> call = [this, legs](RunEpoch inside) {
    return tools_.index.Snapshot(std::move(inside), legs);
  };
  co_return co_await ThroughRun<std::vector<ClassVacancy>>(std::move(run), std::move(call));
}

Task<RunVacancy> GuardedIndex::Vacancy(std::string run) {
  std::function<Task<RunVacancy>()> call = [this, run] { return tools_.index.Vacancy(run); };
  auto vacancy = co_await Through<RunVacancy>(std::move(call));
  if (!vacancy.ok()) co_return OutsideOf(run, vacancy.status());
  vacancy->epoch = Outside(run, vacancy->epoch);
  if (vacancy->epoch == 0) co_return NotThere();
  co_return vacancy;
}

Task<ChangePage> GuardedIndex::ReadChanges(int shard, std::string after_id, int count) {
  std::function<Task<ChangePage>()> call = [this, shard, after_id = std::move(after_id), count] {
    return tools_.index.ReadChanges(shard, after_id, count);
  };
  auto page = co_await Through<ChangePage>(std::move(call));
  if (!page.ok()) co_return page;
  for (VacancyChange& change : page->changes) change.epoch = Outside(change.run, change.epoch);
  co_return page;
}

Task<IndexState> GuardedIndex::FullState(std::string run) {
  std::function<Task<IndexState>()> call = [this, run] { return tools_.index.FullState(run); };
  auto state = co_await Through<IndexState>(std::move(call));
  if (!state.ok()) co_return OutsideOf(run, state.status());
  state->state.epoch = Outside(run, state->state.epoch);
  if (state->state.epoch == 0) co_return NotThere();
  co_return state;
}

Task<std::vector<Match>> GuardedIndex::ReadMatches(int shard, std::string consumer, int count) {
  std::function<Task<std::vector<Match>>()> call = [this, shard, consumer = std::move(consumer),
                                                    count] {
    return tools_.index.ReadMatches(shard, consumer, count);
  };
  auto matches = co_await Through<std::vector<Match>>(std::move(call));
  if (!matches.ok()) co_return matches;
  // A match of an earlier home is void: of epoch 0, which no run has.
  for (Match& match : *matches) {
    if (match.readable) match.epoch = Outside(match.run, match.epoch);
  }
  co_return matches;
}

Task<void> GuardedIndex::AckMatch(Match match) {
  std::function<Task<void>()> call = [this, match = std::move(match)] {
    return tools_.index.AckMatch(match);
  };
  co_return co_await Through<void>(std::move(call));
}

Task<std::vector<UnconfirmedToken>> GuardedIndex::UnconfirmedTokens(int shard, absl::Duration age,
                                                                    int count) {
  std::function<Task<std::vector<UnconfirmedToken>>()> call = [this, shard, age, count] {
    return tools_.index.UnconfirmedTokens(shard, age, count);
  };
  co_return co_await Through<std::vector<UnconfirmedToken>>(std::move(call));
}

}  // namespace houbu::slot
