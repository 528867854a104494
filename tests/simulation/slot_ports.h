/// Slot's ports under weather.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/slot/app/memory_inventory.h"
#include "services/slot/app/memory_record.h"
#include "tests/simulation/virtual_time.h"

namespace houbu::simulation {

/// The record behind a connection that fails.
class WornRecord final : public slot::Record,
                         public slot::BookingStore,
                         public slot::DemandStore,
                         public slot::RunStore,
                         public slot::InventoryRecord {
 public:
  /// What is told of what was done, before anybody else acts.
  struct Report {
    std::function<void(const slot::Change&)> committed;
    std::function<void(const slot::Addition&)> added;
  };
  WornRecord(slot::MemoryRecord& record, Surroundings& around, Report report)
      : record_(record), around_(around), report_(std::move(report)) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override {
    return around_.Through<std::optional<std::string>>(
        [this, key] { return record_.FindAnswer(key); });
  }
  Task<std::int64_t> NextSerial() override {
    return around_.Through<std::int64_t>([this] { return record_.NextSerial(); });
  }
  Task<slot::Committed> Commit(slot::Change change) override {
    return around_.Through<slot::Committed>([this, change] { return CommitAndTell(change); });
  }
  Task<slot::Booking> Load(slot::BookingId id) override {
    return around_.Through<slot::Booking>([this, id] { return record_.Load(id); });
  }
  Task<std::vector<slot::Booking>> List(slot::BookingFilter filter) override {
    return around_.Through<std::vector<slot::Booking>>(
        [this, filter] { return record_.List(filter); });
  }
  Task<std::vector<slot::BookingId>> Due(absl::Time now, int limit) override {
    return around_.Through<std::vector<slot::BookingId>>(
        [this, now, limit] { return record_.Due(now, limit); });
  }
  Task<slot::Demand> Load(slot::DemandId id) override {
    return around_.Through<slot::Demand>([this, id] { return record_.Load(id); });
  }
  Task<std::vector<slot::DemandId>> Departed(absl::Time now, int limit) override {
    return around_.Through<std::vector<slot::DemandId>>(
        [this, now, limit] { return record_.Departed(now, limit); });
  }
  Task<slot::Run> Load(slot::RunId id) override {
    return around_.Through<slot::Run>([this, id] { return record_.Load(id); });
  }
  Task<std::optional<Money>> Fare(slot::RunId id, slot::ClassCode code,
                                  slot::LegRange legs) override {
    return around_.Through<std::optional<Money>>(
        [this, id, code, legs] { return record_.Fare(id, code, legs); });
  }
  Task<std::vector<slot::Unit>> Units(slot::RunId id, slot::ClassCode code,
                                      std::vector<int> units) override {
    return around_.Through<std::vector<slot::Unit>>(
        [this, id, code, units] { return record_.Units(id, code, units); });
  }
  Task<slot::RaisedEpoch> RaiseEpoch(slot::RunId run, std::int64_t used,
                                     std::int64_t index) override {
    return around_.Through<slot::RaisedEpoch>(
        [this, run, used, index] { return record_.RaiseEpoch(run, used, index); });
  }
  Task<slot::RunState> ReadState(slot::RunId run) override {
    return around_.Through<slot::RunState>([this, run] { return record_.ReadState(run); });
  }
  Task<void> Settle(slot::RunId run, std::vector<std::int64_t> debts) override {
    return around_.Through<void>([this, run, debts] { return record_.Settle(run, debts); });
  }
  Task<void> MarkDirty(slot::RunId run) override {
    return around_.Through<void>([this, run] { return record_.MarkDirty(run); });
  }
  Task<std::vector<slot::RunId>> ToRebuild(absl::Time since, int limit) override {
    return around_.Through<std::vector<slot::RunId>>(
        [this, since, limit] { return record_.ToRebuild(since, limit); });
  }
  Task<std::vector<slot::RunId>> RunsInUse(std::string after, int limit) override {
    return around_.Through<std::vector<slot::RunId>>(
        [this, after, limit] { return record_.RunsInUse(after, limit); });
  }
  Task<std::set<std::string>> LiveHolders(std::vector<std::string> holders) override {
    return around_.Through<std::set<std::string>>(
        [this, holders] { return record_.LiveHolders(holders); });
  }
  Task<slot::Added> AddUnits(slot::Addition addition, slot::StoredAnswer answer,
                             absl::Time now) override {
    return around_.Through<slot::Added>(
        [this, addition, answer, now] { return AddAndTell(addition, answer, now); });
  }

 private:
  Task<slot::Committed> CommitAndTell(slot::Change change) {
    const slot::Change copy = change;
    const auto outcome = co_await record_.Commit(std::move(change));
    if (outcome.ok()) report_.committed(copy);
    co_return outcome;
  }
  Task<slot::Added> AddAndTell(slot::Addition addition, slot::StoredAnswer answer, absl::Time now) {
    const auto outcome = co_await record_.AddUnits(addition, std::move(answer), now);
    if (outcome.ok()) report_.added(addition);
    co_return outcome;
  }

  slot::MemoryRecord& record_;
  Surroundings& around_;
  Report report_;
};

/// The index that all slot processes share; it can be lost, or thrown back to what it was.
class SharedIndex final {
 public:
  /// `clock` must outlive this.
  explicit SharedIndex(const Clock& clock)
      : index_(std::make_unique<slot::MemoryInventory>(clock)) {}

  /// Everything in it is gone.
  void Lose() { index_->Lose(); }
  /// Keeps a copy.
  void Remember() { copy_ = std::make_unique<slot::MemoryInventory>(*index_); }
  /// Is what it was when it was remembered.
  void ThrowBack() {
    if (copy_ != nullptr) index_ = std::make_unique<slot::MemoryInventory>(*copy_);
  }
  /// The index as it is.
  slot::MemoryInventory& plain() { return *index_; }

 private:
  std::unique_ptr<slot::MemoryInventory> index_;
  std::unique_ptr<slot::MemoryInventory> copy_;
};

/// The index behind a connection that fails.
class WornIndex final : public slot::InventoryIndex {
 public:
  /// `watch` sees every run's index right before and after it may have changed.
  struct Watch {
    std::function<void(const std::string& run)> before;
    std::function<void(const std::string& run)> after;
    /// Called between the two when a run is about to be replaced by this state.
    std::function<void(const slot::RunState& state)> loading = [](const slot::RunState&) {};
  };
  WornIndex(SharedIndex& index, Surroundings& around, Watch watch)
      : index_(index), around_(around), watch_(std::move(watch)) {}

  int shards() const override { return index_.plain().shards(); }
  Task<int> Load(slot::RunState state) override {
    const std::string run = state.run;
    return Watched<int>(run, [this, state] {
      watch_.loading(state);
      return index_.plain().Load(state);
    });
  }
  Task<std::vector<int>> Allocate(slot::RunEpoch run, slot::DemandKind kind,
                                  std::string token) override {
    return Watched<std::vector<int>>(
        run.run, [this, run, kind, token] { return index_.plain().Allocate(run, kind, token); });
  }
  Task<slot::ReleaseOutcome> Release(slot::RunEpoch run, std::string token) override {
    return Watched<slot::ReleaseOutcome>(
        run.run, [this, run, token] { return index_.plain().Release(run, token); });
  }
  Task<slot::EnlistOutcome> Enlist(slot::RunEpoch run, slot::WaitingDemand demand) override {
    return Watched<slot::EnlistOutcome>(
        run.run, [this, run, demand] { return index_.plain().Enlist(run, demand); });
  }
  Task<slot::WithdrawOutcome> Withdraw(slot::RunEpoch run, std::string demand) override {
    return Watched<slot::WithdrawOutcome>(
        run.run, [this, run, demand] { return index_.plain().Withdraw(run, demand); });
  }
  Task<int> AddCapacity(slot::RunEpoch run, slot::AddedUnits added) override {
    return Watched<int>(run.run,
                        [this, run, added] { return index_.plain().AddCapacity(run, added); });
  }
  Task<void> Confirm(std::string run, std::vector<std::string> tokens) override {
    return around_.Through<void>(
        [this, run, tokens] { return index_.plain().Confirm(run, tokens); });
  }
  Task<std::vector<slot::ClassVacancy>> Snapshot(slot::RunEpoch run, slot::LegRange legs) override {
    return around_.Through<std::vector<slot::ClassVacancy>>(
        [this, run, legs] { return index_.plain().Snapshot(run, legs); });
  }
  Task<void> SetSale(slot::RunEpoch run, slot::Sale sale) override {
    return around_.Through<void>([this, run, sale] { return index_.plain().SetSale(run, sale); });
  }
  Task<void> Remove(slot::RunEpoch run) override {
    return around_.Through<void>([this, run] { return index_.plain().Remove(run); });
  }
  Task<slot::RunVacancy> Vacancy(std::string run) override {
    return around_.Through<slot::RunVacancy>([this, run] { return index_.plain().Vacancy(run); });
  }
  Task<slot::ChangePage> ReadChanges(int shard, std::string after_id, int count) override {
    return around_.Through<slot::ChangePage>([this, shard, after_id, count] {
      return index_.plain().ReadChanges(shard, after_id, count);
    });
  }
  Task<slot::IndexState> FullState(std::string run) override {
    return around_.Through<slot::IndexState>([this, run] { return index_.plain().FullState(run); });
  }
  Task<std::vector<slot::Match>> ReadMatches(int shard, std::string consumer, int count) override {
    return around_.Through<std::vector<slot::Match>>([this, shard, consumer, count] {
      return index_.plain().ReadMatches(shard, consumer, count);
    });
  }
  Task<void> AckMatch(slot::Match match) override {
    return around_.Through<void>([this, match] { return index_.plain().AckMatch(match); });
  }
  Task<std::vector<slot::UnconfirmedToken>> UnconfirmedTokens(int shard, absl::Duration age,
                                                              int count) override {
    return around_.Through<std::vector<slot::UnconfirmedToken>>(
        [this, shard, age, count] { return index_.plain().UnconfirmedTokens(shard, age, count); });
  }

 private:
  template <class T>
  Task<T> Watched(std::string run, std::function<Task<T>()> call) {
    return around_.Through<T>(
        [this, run, call = std::move(call)] { return CallWatched<T>(run, call); });
  }
  template <class T>
  Task<T> CallWatched(std::string run, std::function<Task<T>()> call) {
    watch_.before(run);
    auto outcome = co_await call();
    watch_.after(run);
    co_return outcome;
  }

  SharedIndex& index_;
  Surroundings& around_;
  Watch watch_;
};

/// Believes every statement: its payload lists the travellers' keys.
class BelievedStatements final : public slot::StatementCheck {
 public:
  absl::StatusOr<std::vector<slot::Traveller>> Verify(const slot::SignedStatement& statement,
                                                      absl::string_view,
                                                      absl::Time) const override {
    std::vector<slot::Traveller> travellers;
    for (const char key : statement.payload) {
      travellers.push_back(slot::Traveller{std::string(1, key), "", ""});
    }
    return travellers;
  }
};

}  // namespace houbu::simulation
