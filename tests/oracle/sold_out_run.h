/// One run sold out, waited for and churned, in the index and in the plain model side by side.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "libs/async/status_macros.h"
#include "services/slot/app/inventory_index.h"
#include "services/slot/app/inventory_model.h"

namespace houbu::oracle {

/// How much happened, so that a test knows it tested something.
struct RunFigures {
  std::int64_t runs = 0;
  std::int64_t calls = 0;
  std::int64_t sold = 0;
  std::int64_t refused = 0;
  std::int64_t cancelled = 0;
  std::int64_t served = 0;
  std::int64_t waiting = 0;  ///< At the end.

  void Add(const RunFigures& other) {
    runs += other.runs;
    calls += other.calls;
    sold += other.sold;
    refused += other.refused;
    cancelled += other.cancelled;
    served += other.served;
    waiting += other.waiting;
  }
};

/// A match in words: the demand and its units.
inline std::string ShowMatch(const std::string& demand, const std::vector<int>& units) {
  return absl::StrCat(demand, "[", absl::StrJoin(units, ","), "]");
}

/// Tells the story of one run. Every answer of the index must be the model's; a difference ends it
/// as INTERNAL, in words.
class SoldOutRun final {
 public:
  /// `index` must outlive this. The same seed gives the same story.
  SoldOutRun(slot::InventoryIndex& index, slot::RunState state, unsigned seed)
      : index_(index),
        run_{state.run, state.epoch},
        state_(state),
        model_(std::move(state)),
        chance_(seed) {}

  /// Loads the run, sells until hardly anything fits, lets people wait, then cancels, sells, waits
  /// and leaves by chance; looks at the whole at last.
  async::Task<void> Tell() {
    ASSIGN_OR_CO_RETURN(const int served, co_await index_.Load(state_));
    if (served != 0) co_return Differs("load", "0", absl::StrCat(served));
    for (int refusals = 0; refusals < 8;) {
      ASSIGN_OR_CO_RETURN(const bool sold, co_await Buy());
      refusals = sold ? 0 : refusals + 1;
    }
    for (int i = 0; i < 8; ++i) CO_RETURN_IF_ERROR(co_await Wait());
    for (int i = 0; i < 30; ++i) {
      const int act = Below(10);
      async::Task<void> step = act < 5   ? Cancel()
                               : act < 7 ? TryToBuy()
                               : act < 9 ? Wait()
                                         : Leave();
      CO_RETURN_IF_ERROR(co_await std::move(step));
    }
    co_return co_await Compare();
  }

  /// Whom the model served, in order.
  const std::vector<std::string>& served() const { return served_; }
  /// What happened.
  RunFigures figures() const {
    RunFigures figures = figures_;
    figures.runs = 1;
    figures.served = static_cast<std::int64_t>(served_.size());
    figures.waiting = static_cast<std::int64_t>(model_.state().waiting.size());
    return figures;
  }
  /// The run.
  const std::string& run() const { return run_.run; }

 private:
  int Below(int bound) { return static_cast<int>(chance_() % static_cast<unsigned>(bound)); }

  absl::Status Differs(const std::string& what, const std::string& right, const std::string& is) {
    return absl::InternalError(
        absl::StrCat(run_.run, ": ", what, " gave ", is, " where the model gives ", right));
  }

  slot::DemandKind AnyKind() {
    slot::DemandKind kind;
    kind.class_code = Below(4) == 0 ? "standing" : "second";
    kind.legs.from = Below(state_.legs);
    kind.legs.to = kind.legs.from + 1 + Below(state_.legs - kind.legs.from);
    kind.party = Below(3) == 0 ? 2 + Below(2) : 1;
    return kind;
  }

  template <class Value, class Show>
  absl::Status Same(const std::string& what, const absl::StatusOr<Value>& index,
                    const absl::StatusOr<slot::TakenPlaces>& model, Show show) {
    ++figures_.calls;
    const std::string right =
        model.ok() ? absl::StrJoin(model->units, ",") : std::string(ReasonOf(model.status()));
    const std::string is = index.ok() ? show(*index) : std::string(ReasonOf(index.status()));
    return right == is ? absl::OkStatus() : Differs(what, right, is);
  }

  async::Task<bool> Buy() {
    const std::string token = absl::StrCat("bk-", ++serial_);
    const slot::DemandKind kind = AnyKind();
    const auto units = co_await index_.Allocate(run_, kind, token);
    const auto right = model_.Allocate(kind, token);
    ++(right.ok() ? figures_.sold : figures_.refused);
    const auto show = [](const std::vector<int>& taken) { return absl::StrJoin(taken, ","); };
    CO_RETURN_IF_ERROR(Same(token, units, right, show));
    co_return right.ok();
  }

  async::Task<void> TryToBuy() {
    const auto bought = co_await Buy();
    co_return bought.status();
  }

  async::Task<void> Wait() {
    slot::WaitingDemand demand;
    demand.demand = absl::StrCat("dm-", ++serial_);
    demand.kind = AnyKind();
    demand.effective_time = absl::FromUnixMicros(1793491200000000 + Below(1000));
    ASSIGN_OR_CO_RETURN(const slot::EnlistOutcome outcome, co_await index_.Enlist(run_, demand));
    ASSIGN_OR_CO_RETURN(const std::optional<slot::TakenPlaces> right, model_.Enlist(demand));
    ++figures_.calls;
    if (right.has_value()) Note({*right});
    const bool waits = outcome == slot::EnlistOutcome::kWaiting;
    const std::string is = waits ? "waits" : "is served";
    co_return waits == !right.has_value()
        ? absl::OkStatus()
        : Differs(demand.demand, right.has_value() ? "is served" : "waits", is);
  }

  async::Task<void> Cancel() {
    const std::vector<slot::TakenPlaces>& taken = model_.state().taken;
    if (taken.empty()) co_return absl::OkStatus();
    const auto at = static_cast<std::size_t>(Below(static_cast<int>(taken.size())));
    const std::string token = taken[at].token;
    ASSIGN_OR_CO_RETURN(const slot::ReleaseOutcome outcome, co_await index_.Release(run_, token));
    const slot::InventoryModel::Released right = model_.Release(token);
    ++figures_.calls;
    ++figures_.cancelled;
    Note(right.matches);
    const std::string is = absl::StrCat(outcome.released, " ", outcome.matches);
    const std::string must = absl::StrCat(right.released, " ", right.matches.size());
    co_return is == must ? absl::OkStatus() : Differs("release of " + token, must, is);
  }

  async::Task<void> Leave() {
    const std::vector<slot::WaitingDemand>& waiting = model_.state().waiting;
    if (waiting.empty()) co_return absl::OkStatus();
    const auto at = static_cast<std::size_t>(Below(static_cast<int>(waiting.size())));
    const std::string demand = waiting[at].demand;
    ASSIGN_OR_CO_RETURN(const slot::WithdrawOutcome is, co_await index_.Withdraw(run_, demand));
    ++figures_.calls;
    co_return is == model_.Withdraw(demand) ? absl::OkStatus()
                                            : Differs(demand, "it leaves", "something else");
  }

  void Note(const std::vector<slot::TakenPlaces>& matches) {
    for (const slot::TakenPlaces& match : matches) {
      served_.push_back(ShowMatch(match.token, match.units));
    }
  }

  // The index holds what the model holds; and counted cell by cell, which neither of them does,
  // nothing is sold twice and nobody who waits would fit.
  async::Task<void> Compare() {
    ASSIGN_OR_CO_RETURN(const slot::IndexState index, co_await index_.FullState(run_.run));
    const std::string is = Show(index.state);
    const std::string right = Show(model_.state());
    if (is != right) co_return Differs("the whole", right, is);
    std::map<std::string, std::vector<std::vector<int>>> free = AllFree();
    for (const slot::TakenPlaces& places : index.state.taken) {
      if (!Take(places, free[places.kind.class_code])) {
        co_return Differs(places.token, "places that are free", "a place that is taken");
      }
    }
    for (const slot::WaitingDemand& waiting : index.state.waiting) {
      if (Room(waiting.kind.legs, free[waiting.kind.class_code]) >= waiting.kind.party) {
        co_return Differs(waiting.demand, "its places", "a wait");
      }
    }
    co_return absl::OkStatus();
  }

  static std::string Show(const slot::RunState& state) {
    std::set<std::string> lines;
    const auto kind_of = [](const slot::DemandKind& kind) {
      return absl::StrCat(kind.class_code, " ", kind.legs.from, "-", kind.legs.to, " ", kind.party);
    };
    for (const slot::TakenPlaces& taken : state.taken) {
      lines.insert(absl::StrCat(ShowMatch(taken.token, taken.units), " has ", kind_of(taken.kind)));
    }
    for (const slot::WaitingDemand& waiting : state.waiting) {
      lines.insert(absl::StrCat(waiting.demand, " since ",
                                absl::ToUnixMicros(waiting.effective_time), " waits for ",
                                kind_of(waiting.kind)));
    }
    return absl::StrJoin(lines, "\n");
  }

  // [row][leg]: a row for each unit with a number, one row where places are counted.
  std::map<std::string, std::vector<std::vector<int>>> AllFree() const {
    std::map<std::string, std::vector<std::vector<int>>> free;
    const auto legs = static_cast<std::size_t>(state_.legs);
    for (const slot::ClassLayout& layout : state_.classes) {
      const bool counted = layout.kind == slot::ClassKind::kCounted;
      const int rows = counted ? 1 : layout.capacity;
      free[layout.code].assign(static_cast<std::size_t>(rows),
                               std::vector<int>(legs, counted ? layout.capacity : 1));
    }
    return free;
  }

  static bool Take(const slot::TakenPlaces& places, std::vector<std::vector<int>>& free) {
    bool all_there = true;
    for (int i = 0; i < places.kind.party; ++i) {
      const int row = places.units.empty() ? 0 : places.units[static_cast<std::size_t>(i)];
      for (int leg = places.kind.legs.from; leg < places.kind.legs.to; ++leg) {
        const int left = --free[static_cast<std::size_t>(row)][static_cast<std::size_t>(leg)];
        all_there = all_there && left >= 0;
      }
    }
    return all_there;
  }

  static int Room(slot::LegRange legs, const std::vector<std::vector<int>>& free) {
    int room = 0;
    for (const std::vector<int>& row : free) {
      room += *std::min_element(row.begin() + legs.from, row.begin() + legs.to);
    }
    return room;
  }

  slot::InventoryIndex& index_;
  slot::RunEpoch run_;
  slot::RunState state_;  // as it was opened
  slot::InventoryModel model_;
  std::mt19937 chance_;
  std::vector<std::string> served_;
  RunFigures figures_;
  int serial_ = 0;
};

}  // namespace houbu::oracle
