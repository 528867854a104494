/// The auditor: what must be true at every instant and at the end, written from the rules of the
/// product (requirements and invariants) and from no code of the services.
///
/// At every commit: nothing sold twice, nobody in two places, only legal transitions, one live
/// order an account, no place in line without timely money. Around every change of the index: who
/// was served had nobody before them in line whom the same places would have fitted. At rest:
/// nothing free that would serve somebody who waits, nothing held for ever, index and record agree,
/// and every fen is kept or returned as the rules say.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "libs/testing/run_task.h"
#include "tests/simulation/world.h"

namespace houbu::simulation {

/// Free places of one class of one run, cell by cell.
struct Cells {
  bool numbered = false;
  std::vector<std::vector<int>> of_unit;  ///< [unit][leg]; counted classes have one row.

  /// Adds `by` to every leg of a place.
  void Add(int unit, slot::LegRange legs, int by) {
    std::vector<int>& row = of_unit[static_cast<std::size_t>(numbered ? unit : 0)];
    for (int leg = legs.from; leg < legs.to; ++leg) row[static_cast<std::size_t>(leg)] += by;
  }
  /// The least number in any cell.
  int Least() const {
    int least = 1 << 20;
    for (const auto& row : of_unit) {
      least = std::min(least, *std::min_element(row.begin(), row.end()));
    }
    return least;
  }
  /// How many passengers fit over a stretch.
  int Room(slot::LegRange legs) const {
    int room = 0;
    for (const auto& row : of_unit) {
      room += *std::min_element(row.begin() + legs.from, row.begin() + legs.to);
    }
    return room;
  }
};

/// Watches one world.
class Auditor final : public Onlooker {
 public:
  explicit Auditor(World& world) : world_(world) { world.onlooker = this; }

  /// What was wrong first; empty while all is well.
  const std::string& objection() const { return objection_; }
  /// How often each thing that matters came about, so that a test knows it tested something.
  const std::map<std::string, int>& seen() const { return seen_; }
  /// When something was committed last.
  absl::Time last_commit() const { return last_commit_; }

  void Committed() override {
    last_commit_ = world_.scheduler.Now();
    CheckTransitions();
    CheckPlaces();
    CheckTravellers();
    CheckOrders();
  }
  void IndexBefore(const std::string& run) override { before_ = TakenIn(run); }
  void IndexAfter(const std::string& run) override { CheckLine(run); }

  /// Nothing is under way: the clients have gone and the services have had time.
  void CheckRest() {
    CheckNothingOwed();
    CheckHolds();
    CheckWaiters();
    CheckIndex();
  }
  /// All runs have left.
  void CheckEnd() {
    CheckRest();
    CheckMoney();
  }
  /// W-05 alone: nobody waiting fits what is free.
  void CheckWaiters();

 private:
  using Legal = std::map<std::string, std::string>;

  void Object(const std::string& what) {
    if (objection_.empty()) objection_ = what;
  }
  void Require(bool holds, const std::string& what) {
    if (!holds) Object(what);
  }

  void Move(const std::string& name, const std::string& to, const Legal& legal) {
    std::string& at = states_[name];
    if (at == to) return;
    const auto ways = legal.find(at);
    const bool allowed = ways != legal.end() && absl::StrContains(ways->second, to + ";");
    Require(allowed, absl::StrCat("I6: ", name, " went from '", at, "' to ", to));
    if (std::getenv("HOUBU_TEST_TRACE") != nullptr) {
      std::cerr << absl::FormatTime("%d %H:%M:%E6S ", world_.scheduler.Now(), absl::UTCTimeZone())
                << name << ": " << (at.empty() ? "-" : at) << " -> " << to << '\n';
    }
    at = to;
    ++seen_[to];
  }

  void CheckTransitions();
  void CheckPlaces();
  void CheckTravellers();
  void CheckOrders();
  void CheckLine(const std::string& run);
  void CheckNothingOwed();
  void CheckHolds();
  void CheckIndex();
  void CheckMoney();

  std::map<std::string, Cells> FreeOf(const slot::Run& run) const;
  std::set<std::string> TakenIn(const std::string& run) const;
  std::int64_t KeptOf(const slot::Booking& booking) const;
  std::int64_t KeptOf(const payment::Payment& payment) const;

  World& world_;
  std::string objection_;
  std::map<std::string, std::string> states_;
  std::map<std::string, int> seen_;
  std::set<std::string> before_;
  absl::Time last_commit_ = absl::InfinitePast();
};

}  // namespace houbu::simulation
