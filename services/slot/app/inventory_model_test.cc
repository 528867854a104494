// The plain model of the index against a chart of its cells: random histories, every answer judged
// by rules that share no code with the model. What the model is held to, the index in Redis is held
// to by the model (storage/inventory_property_test.cc).
#include "services/slot/app/inventory_model.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <catch2/catch.hpp>

#include "services/slot/app/random_run.h"
#include "services/slot/app/unit_chart.h"

namespace houbu::slot {
namespace {

// How often each kind of thing came about.
using Seen = std::map<std::string, int>;

// One run from its load to its end; stops at the first thing that is wrong.
class ModelHistory final {
 public:
  ModelHistory(int seed, Seen& seen) : dice_(seed), model_(RandomRun(dice_, "rn-1")), seen_(seen) {}

  // Gives what is wrong, "" where nothing is.
  std::string Run(int calls) {
    for (int call = 0; call < calls && wrong_.empty(); ++call) {
      before_ = model_.state();
      Call();
      if (wrong_.empty()) wrong_ = WrongAtRest(model_.state());
      if (!wrong_.empty()) return "call " + std::to_string(call) + ", " + called_ + ": " + wrong_;
    }
    seen_["left waiting"] += static_cast<int>(model_.state().waiting.size());
    return wrong_;
  }

 private:
  void Call() {
    const int roll = dice_.Roll(0, 99);
    if (roll < 30) return Allocate();
    if (roll < 52) return Release();
    if (roll < 80) return Enlist();
    if (roll < 87) return Withdraw();
    if (roll < 90) return AddCapacity();
    if (roll < 93) return SetSale();
    if (roll < 97) return Snapshot();
    Load();
  }

  void Begin(const std::string& call) {
    called_ = call;
    ++seen_[call];
  }

  void Require(bool holds, const std::string& what) {
    if (!holds && wrong_.empty()) wrong_ = what;
  }

  void RequireReason(const absl::Status& status, const Refusal& refusal) {
    Require(ReasonOf(status) == refusal.reason,
            "it must be refused with " + std::string(refusal.reason));
  }

  // What is free before the call, with the layout of after it, without what `but` has.
  UnitChart ChartWithout(const std::string& but) const {
    UnitChart chart(model_.state());
    for (const TakenPlaces& places : before_.taken) {
      if (places.token != but) chart.Take(places);
    }
    return chart;
  }

  static const TakenPlaces* HeldBy(const RunState& state, const std::string& token) {
    for (const TakenPlaces& places : state.taken) {
      if (places.token == token) return &places;
    }
    return nullptr;
  }

  bool WasWaiting(const std::string& demand) const {
    return std::any_of(before_.waiting.begin(), before_.waiting.end(),
                       [&](const WaitingDemand& w) { return w.demand == demand; });
  }

  // Who has what and who waits is what it was.
  void RequireUnchanged() {
    Require(model_.state().taken == before_.taken && model_.state().waiting == before_.waiting,
            "it must change nothing");
  }

  // Everybody in line in its order: whoever fits is served there and then, with free places; nobody
  // else, and nothing else has changed hands.
  void JudgeServed(const std::vector<TakenPlaces>& matches, const std::string& but) {
    UnitChart chart = ChartWithout(but);
    std::vector<WaitingDemand> line = before_.waiting;
    std::sort(line.begin(), line.end(), [](const WaitingDemand& a, const WaitingDemand& b) {
      return std::tie(a.effective_time, a.demand) < std::tie(b.effective_time, b.demand);
    });
    std::size_t served = 0;
    for (const WaitingDemand& next : line) {
      if (!chart.Fits(next.kind)) continue;
      const bool is_next = served < matches.size() && matches[served].token == next.demand &&
                           matches[served].kind == next.kind;
      Require(is_next, next.demand + " must be served next");
      if (!is_next) return;
      RequireGood(matches[served], chart);
      ++served;
    }
    Require(served == matches.size(), "somebody was served who was not in line or does not fit");
    const std::size_t had = before_.taken.size() - (HeldBy(before_, but) != nullptr ? 1 : 0);
    Require(model_.state().taken.size() == had + served, "somebody else got or lost places");
    Require(model_.state().waiting.size() == line.size() - served, "the line has another length");
    seen_["served"] += static_cast<int>(served);
  }

  // Places are free, and side by side where that can be.
  void RequireGood(const TakenPlaces& places, UnitChart& chart) {
    const bool together = chart.FitsTogether(places.kind);
    Require(!together || chart.AreTogether(places.kind.class_code, places.units),
            places.token + " could sit together");
    Require(chart.Take(places), places.token + " was given what it cannot have");
    const TakenPlaces* const held = HeldBy(model_.state(), places.token);
    Require(held != nullptr && held->units == places.units, places.token + " does not have it");
  }

  std::string NewId(const char* prefix) { return RandomId(dice_, prefix, ++serial_); }
  std::string SomeToken() {
    return tokens_.empty() || dice_.Roll(0, 9) == 0 ? "bk-nobody" : dice_.Pick(tokens_);
  }
  DemandKind AnyKind() { return RandomKind(dice_, model_.state(), kinds_); }

  void Allocate() {
    const std::string token = dice_.Roll(0, 9) == 0 ? SomeToken() : NewId("bk");
    const DemandKind kind = AnyKind();
    static const std::vector<std::string> kWishes = {"", "", "A", "FA", "L", "X"};
    const std::string wish = dice_.Pick(kWishes);
    Begin(wish.empty() ? "allocate" : "allocate by wish");
    tokens_.push_back(token);
    const auto places = model_.Allocate(kind, token, wish);
    UnitChart chart = ChartWithout("");
    const TakenPlaces* const held = HeldBy(before_, token);
    const bool is_same = held != nullptr && held->kind == kind;
    if (is_same) {
      Require(places.ok() && places->units == held->units, "it must be the places it has");
    } else if (held != nullptr || WasWaiting(token)) {
      RequireReason(places.status(), kTokenInUse);
    } else if (before_.sale == Sale::kClosed) {
      RequireReason(places.status(), kRunClosed);
    } else if (!chart.Fits(kind)) {
      RequireReason(places.status(), kSoldOut);
    } else {
      Require(places.ok() && places->token == token && places->kind == kind, "it fits");
      if (places.ok()) RequireGood(*places, chart);
      ++seen_["sold"];
      return;
    }
    RequireUnchanged();
  }

  void Release() {
    Begin("release");
    const std::string token = SomeToken();
    const auto released = model_.Release(token);
    Require(released.released == (HeldBy(before_, token) != nullptr), "it had places or had none");
    JudgeServed(released.matches, token);
  }

  void Enlist() {
    Begin("enlist");
    WaitingDemand demand = {NewId("dm"), AnyKind(), absl::FromUnixMicros(dice_.Roll(0, 12))};
    if (!enlisted_.empty() && dice_.Roll(0, 9) == 0) demand = dice_.Pick(enlisted_);
    enlisted_.push_back(demand);
    tokens_.push_back(demand.demand);
    const auto places = model_.Enlist(demand);
    UnitChart chart = ChartWithout("");
    const TakenPlaces* const held = HeldBy(before_, demand.demand);
    const bool waited =
        std::find(before_.waiting.begin(), before_.waiting.end(), demand) != before_.waiting.end();
    if (waited || (held != nullptr && held->kind == demand.kind)) {
      Require(places.ok() && !places->has_value(), "it is as it was");
      RequireUnchanged();
    } else if (held != nullptr || WasWaiting(demand.demand)) {
      RequireReason(places.status(), kTokenInUse);
      RequireUnchanged();
    } else if (chart.Fits(demand.kind)) {
      Require(places.ok() && places->has_value(), "it need not wait");
      if (places.ok() && places->has_value()) RequireGood(**places, chart);
    } else {
      Require(places.ok() && !places->has_value(), "it must wait");
      Require(model_.state().waiting.size() == before_.waiting.size() + 1, "it is not in line");
    }
  }

  void Withdraw() {
    Begin("withdraw");
    const std::string demand = SomeToken();
    const WithdrawOutcome outcome = model_.Withdraw(demand);
    WithdrawOutcome expected = WithdrawOutcome::kUnknown;
    if (HeldBy(before_, demand) != nullptr) expected = WithdrawOutcome::kMatched;
    if (WasWaiting(demand)) expected = WithdrawOutcome::kWithdrawn;
    Require(outcome == expected, "the answer is another");
    const std::size_t gone = WasWaiting(demand) ? 1 : 0;
    Require(model_.state().waiting.size() + gone == before_.waiting.size(), "who else has left?");
    Require(model_.state().taken == before_.taken, "it must free nothing");
  }

  void AddCapacity() {
    Begin("add capacity");
    const ClassLayout layout = dice_.Pick(before_.classes);
    AddedUnits added;
    added.class_code = layout.code;
    added.first_unit = layout.capacity - (dice_.Roll(0, 4) == 0 ? 1 : 0);
    added.units = dice_.Roll(1, 4);
    added.extends_coach = dice_.Roll(0, 1) == 0;
    const auto matches = model_.AddCapacity(added);
    if (!layout.shares.empty()) {
      RequireReason(matches.status(), kCapacityInvalid);
      return RequireUnchanged();
    }
    const bool is_old = added.first_unit < layout.capacity;
    if (is_old && added.units > 1) {
      RequireReason(matches.status(), kStaleIndex);
      return RequireUnchanged();
    }
    Require(matches.ok(), "it must be added");
    if (!matches.ok()) return;
    const int capacity = layout.capacity + (is_old ? 0 : added.units);
    for (const ClassLayout& now : model_.state().classes) {
      const bool has_them = now.code == layout.code || now.shares == layout.code;
      Require(!has_them || now.capacity == capacity, "the capacity is another");
    }
    JudgeServed(*matches, "");
  }

  void SetSale() {
    Begin("close");
    model_.SetSale(dice_.Roll(0, 2) == 0 ? Sale::kClosed : Sale::kOpen);
    RequireUnchanged();
  }

  void Snapshot() {
    Begin("snapshot");
    const LegRange legs = AnyKind().legs;
    const UnitChart chart = ChartWithout("");
    for (const ClassLayout& layout : before_.classes) {
      Require(model_.CountFree(layout, legs) == chart.Room(layout.code, legs),
              "another number of places is free in " + layout.code);
    }
  }

  // As a rebuild does: somebody's places are gone in the record, and the line is served anew.
  void Load() {
    Begin("load");
    RunState state = model_.state();
    ++state.epoch;
    if (!state.taken.empty() && dice_.Roll(0, 1) == 0) state.taken.erase(state.taken.begin());
    before_ = state;
    model_ = InventoryModel(std::move(state));
    JudgeServed(model_.Serve(), "");
  }

  Dice dice_;
  InventoryModel model_;
  Seen& seen_;
  RunState before_;
  std::string called_;
  std::string wrong_;
  std::vector<std::string> tokens_;
  std::vector<DemandKind> kinds_;
  std::vector<WaitingDemand> enlisted_;
  int serial_ = 0;
};

}  // namespace

TEST_CASE("the plain model sells no cell twice and serves whoever fits in the order of the line",
          "[slot][property][W-05][W-07][W-12][X-01][X-18]") {
  const int first_seed = SettingOr("HOUBU_TEST_SEED", 20261201);
  const int histories = SettingOr("HOUBU_TEST_HISTORIES", 100000);
  Seen seen;
  for (int seed = first_seed; seed < first_seed + histories; ++seed) {
    ModelHistory history(seed, seen);
    const std::string wrong = history.Run(12 + seed % 9);
    if (wrong.empty()) continue;
    INFO("HOUBU_TEST_SEED=" << seed << " HOUBU_TEST_HISTORIES=1 repeats this history");
    REQUIRE(wrong == "");
  }
  for (const char* must : {"allocate", "allocate by wish", "release", "enlist", "withdraw",
                           "add capacity", "close", "snapshot", "load", "sold", "served"}) {
    INFO(must << " never came about");
    CHECK((histories < 1000 || seen[must] > histories / 10));
  }
  CHECK((histories < 1000 || seen["left waiting"] > histories));
}

}  // namespace houbu::slot
