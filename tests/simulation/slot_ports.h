/// Slot's record under weather.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

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
  Task<slot::Committed> SetSale(slot::SaleChange change, slot::StoredAnswer answer,
                                absl::Time now) override {
    return around_.Through<slot::Committed>(
        [this, change, answer, now] { return record_.SetSale(change, answer, now); });
  }
  Task<slot::Sale> ReadSale(slot::RunId run) override {
    return around_.Through<slot::Sale>([this, run] { return record_.ReadSale(run); });
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
