/// The record behind the index of a replay: who has what on which run, kept as plainly as can be.
/// What FreshIndex rebuilds a lost index from.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/slot/app/ports.h"

namespace houbu::oracle {

/// The class every train of the oracle sells: places without numbers.
inline constexpr char kSeat[] = "seat";

/// Keeps runs of one counted class.
class TicketBook final : public slot::InventoryRecord {
 public:
  /// Opens a run, unless it is open.
  void Open(const std::string& run, int legs, int seats) {
    const auto [entry, opened] = runs_.emplace(run, Entry());
    if (!opened) return;
    entry->second.legs = legs;
    entry->second.seats = seats;
  }

  /// The run and the epoch its index must have.
  slot::RunEpoch EpochOf(const std::string& run) const { return {run, runs_.at(run).epoch}; }

  /// Notes that a token has places; a demand that had stood in line stands there no more.
  void Take(const std::string& run, const std::string& token, const slot::DemandKind& kind) {
    runs_.at(run).taken[token] = kind;
    runs_.at(run).waiting.erase(token);
  }
  /// Notes that a token has given its places back.
  void Free(const std::string& run, const std::string& token) { runs_.at(run).taken.erase(token); }
  /// Notes that a demand stands in line.
  void Wait(const std::string& run, const slot::WaitingDemand& demand) {
    runs_.at(run).waiting[demand.demand] = demand;
  }
  /// Notes that a demand has left the line.
  void Leave(const std::string& run, const std::string& demand) {
    runs_.at(run).waiting.erase(demand);
  }

  async::Task<slot::RaisedEpoch> RaiseEpoch(slot::RunId run, std::int64_t used,
                                            std::int64_t index) override {
    Entry& entry = runs_.at(run.value());
    if (entry.epoch <= used) entry.epoch = std::max({entry.epoch, used, index}) + 1;
    slot::RaisedEpoch raised;
    raised.epoch = entry.epoch;
    co_return raised;
  }
  async::Task<slot::RunState> ReadState(slot::RunId run) override {
    const Entry& entry = runs_.at(run.value());
    slot::RunState state;
    state.run = run.value();
    state.epoch = entry.epoch;
    state.legs = entry.legs;
    slot::ClassLayout layout;
    layout.code = kSeat;
    layout.kind = slot::ClassKind::kCounted;
    layout.capacity = entry.seats;
    state.classes.push_back(std::move(layout));
    for (const auto& [token, kind] : entry.taken) {
      state.taken.push_back(slot::TakenPlaces{token, kind, {}});
    }
    for (const auto& [id, demand] : entry.waiting) state.waiting.push_back(demand);
    co_return state;
  }
  async::Task<void> Settle(slot::RunId, std::vector<std::int64_t>) override {
    co_return absl::OkStatus();
  }
  async::Task<void> MarkDirty(slot::RunId) override { co_return absl::OkStatus(); }
  async::Task<std::vector<slot::RunId>> ToRebuild(absl::Time, int) override {
    co_return std::vector<slot::RunId>();
  }
  async::Task<std::vector<slot::RunId>> RunsInUse(std::string, int) override {
    co_return std::vector<slot::RunId>();
  }
  async::Task<std::set<std::string>> LiveHolders(std::vector<std::string>) override {
    co_return std::set<std::string>();
  }
  async::Task<slot::Added> AddUnits(slot::Addition, slot::StoredAnswer, absl::Time) override {
    co_return Refuse(slot::kCapacityInvalid);
  }
  async::Task<slot::Committed> SetSale(slot::SaleChange, slot::StoredAnswer, absl::Time) override {
    co_return Refuse(slot::kRunNotFound);
  }
  async::Task<slot::Sale> ReadSale(slot::RunId) override { co_return slot::Sale::kOpen; }

 private:
  struct Entry {
    std::int64_t epoch = 1;
    int legs = 0;
    int seats = 0;
    std::map<std::string, slot::DemandKind> taken;
    std::map<std::string, slot::WaitingDemand> waiting;
  };

  std::map<std::string, Entry> runs_;
};

}  // namespace houbu::oracle
