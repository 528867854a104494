/// The line as it must be served, one thing after the other: an oracle of who gets places whenever
/// the index of a run changes, which knows capacity, places and waiters, and no code of the index.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "services/slot/domain/run_state.h"

namespace houbu::simulation {

/// Judges one change of one run's index after the other.
class SequentialLine final {
 public:
  /// What the index is before a change; nothing when it has none.
  void Before(std::optional<slot::RunState> state) { before_ = std::move(state); }

  /// The change would replace the whole by this: it does, where this is of a later epoch. Tells
  /// whether.
  bool Loading(slot::RunState state) {
    if (before_.has_value() && before_->epoch >= state.epoch) return false;
    before_ = std::move(state);
    return true;
  }

  /// What the index is after the change; says what is wrong with it, "" where nothing is.
  std::string After(const slot::RunState& after) {
    if (!before_.has_value()) return "";
    const slot::RunState before = *std::exchange(before_, std::nullopt);
    return Judge(before, after);
  }

  /// How many were served.
  int served() const { return served_; }

 private:
  using Rows = std::map<std::string, std::vector<std::vector<int>>>;

  std::string Judge(const slot::RunState& before, const slot::RunState& after) {
    std::map<std::string, slot::TakenPlaces> gained;
    std::set<std::string> had;
    for (const slot::TakenPlaces& places : before.taken) had.insert(places.token);
    Rows free = AllFree(after);
    for (const slot::TakenPlaces& places : after.taken) {
      if (had.count(places.token) == 0) {
        gained[places.token] = places;
      } else if (!Take(places, free)) {
        return absl::StrCat(places.token, " has what somebody else has");
      }
    }
    std::set<std::string> waits;
    for (const slot::WaitingDemand& waiting : after.waiting) waits.insert(waiting.demand);
    std::vector<slot::WaitingDemand> line = before.waiting;
    std::sort(line.begin(), line.end(), [](const auto& a, const auto& b) {
      return std::pair(a.effective_time, a.demand) < std::pair(b.effective_time, b.demand);
    });
    for (const slot::WaitingDemand& next : line) {
      const auto places = gained.find(next.demand);
      const bool fits = Room(next.kind, free) >= next.kind.party;
      if (places == gained.end()) {
        if (fits && waits.count(next.demand) > 0) return next.demand + " was passed over";
        continue;  // it waits on, or has left
      }
      if (!fits) return next.demand + " was served out of its turn";
      if (!Take(places->second, free)) return next.demand + " was given what is taken";
      gained.erase(places);
      ++served_;
    }
    // Who is left came with this change: a buyer, or somebody who did not have to wait.
    for (const auto& [token, places] : gained) {
      if (!Take(places, free)) return token + " was sold what is taken";
    }
    for (const slot::WaitingDemand& waiting : after.waiting) {
      if (Room(waiting.kind, free) >= waiting.kind.party) return waiting.demand + " waits and fits";
    }
    return "";
  }

  static Rows AllFree(const slot::RunState& state) {
    Rows free;
    const auto legs = static_cast<std::size_t>(state.legs);
    for (const slot::ClassLayout& layout : state.classes) {
      const bool counted = layout.kind == slot::ClassKind::kCounted;
      free[layout.code].assign(static_cast<std::size_t>(counted ? 1 : layout.capacity),
                               std::vector<int>(legs, counted ? layout.capacity : 1));
    }
    return free;
  }

  static bool Take(const slot::TakenPlaces& places, Rows& free) {
    bool all_there = true;
    std::vector<std::vector<int>>& rows = free[places.kind.class_code];
    for (int i = 0; i < places.kind.party; ++i) {
      const int row = places.units.empty() ? 0 : places.units[static_cast<std::size_t>(i)];
      for (int leg = places.kind.legs.from; leg < places.kind.legs.to; ++leg) {
        const int left = --rows[static_cast<std::size_t>(row)][static_cast<std::size_t>(leg)];
        all_there = all_there && left >= 0;
      }
    }
    return all_there;
  }

  static int Room(const slot::DemandKind& kind, Rows& free) {
    int room = 0;
    for (const std::vector<int>& row : free[kind.class_code]) {
      room += *std::min_element(row.begin() + kind.legs.from, row.begin() + kind.legs.to);
    }
    return room;
  }

  std::optional<slot::RunState> before_;
  int served_ = 0;
};

}  // namespace houbu::simulation
