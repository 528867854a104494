// The index in Redis against the plain model: random histories, every answer compared. The model
// is held to a chart of the cells by 100,000 histories (app/inventory_model_test.cc). Here each is
// some 33 calls of Redis one after the other, of which Redis itself needs 2.6 ms: 10,000 is what
// there is time for every day. By hand any number: HOUBU_TEST_HISTORIES=100000.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "services/slot/app/random_run.h"
#include "services/slot/app/unit_chart.h"
#include "services/slot/domain/inventory_audit.h"
#include "services/slot/storage/follower_subject.h"
#include "services/slot/storage/inventory_subject.h"

namespace houbu::slot {
namespace {

std::string Show(const std::vector<Match>& matches) {
  std::string text;
  for (const Match& match : matches) {
    absl::StrAppend(&text, match.run, "@", match.epoch, " ", match.demand, " ",
                    match.kind.class_code, " ", match.kind.legs.from, "-", match.kind.legs.to, " x",
                    match.kind.party, " [", absl::StrJoin(match.units, ","), "]; ");
  }
  return text;
}

template <class Value, class ShowValue>
std::string Show(const absl::StatusOr<Value>& outcome, ShowValue show) {
  return outcome.ok() ? show(*outcome) : std::string(ReasonOf(outcome.status()));
}

template <class ShowValue>
std::string Show(const absl::Status& outcome, ShowValue show) {
  return outcome.ok() ? show(0) : std::string(ReasonOf(outcome));
}

// One run, driven on both implementations in step.
class History final {
 public:
  History(InventorySubject& fast, InventorySubject& plain, int seed)
      : fast_(fast),
        plain_(plain),
        dice_(seed),
        state_(RandomRun(dice_, absl::StrCat("rn-", seed))) {}

  // Compares after every step, or only at the end.
  void Run(int steps, bool is_thorough) {
    Load(state_);
    fast_follower_.emplace(fast_, state_.run);
    plain_follower_.emplace(plain_, state_.run);
    for (int step = 1; step <= steps; ++step) {
      Step();
      if (is_thorough || step == steps) {
        Compare();
      }
    }
    const RunEpoch run = {state_.run, state_.epoch};
    Both(
        "remove", [&](auto& i) { return i.Remove(run); },
        [](auto) { return std::string("removed"); });
  }

  // How much happened: a property over idle histories would prove nothing.
  int served() const { return served_; }
  int waited() const { return waited_; }

 private:
  // Makes a call on both and requires that it ends the same way.
  template <class Call, class ShowValue>
  void Both(const std::string& what, Call call, ShowValue show) {
    absl::StrAppend(&log_, what, "\n");
    const auto fast = fast_.Run(call(fast_.index()));
    const auto plain = plain_.Run(call(plain_.index()));
    Expect(Show(fast, show), Show(plain, show));
  }

  // Requires that both are the same; says little where they are: there are millions of these.
  void Expect(const std::string& fast, const std::string& plain) {
    if (fast != plain) {
      INFO(log_);
      REQUIRE(fast == plain);
    }
  }

  void Step() {
    const int roll = dice_.Roll(0, 99);
    if (roll < 30) {
      Allocate();
    } else if (roll < 55) {
      Release();
    } else if (roll < 85) {
      Enlist();
    } else if (roll < 92) {
      Withdraw();
    } else if (roll < 95) {
      AddCapacity();
    } else if (roll < 97) {
      SetSale();
    } else {
      Reload();
    }
  }

  RunEpoch RandomEpoch() {
    return RunEpoch{state_.run, dice_.Roll(0, 29) == 0 ? state_.epoch - 1 : state_.epoch};
  }

  DemandKind AnyKind() { return RandomKind(dice_, state_, kinds_); }

  std::string NewId(const char* prefix) { return RandomId(dice_, prefix, ++serial_); }

  std::string SomeToken() {
    return tokens_.empty() || dice_.Roll(0, 9) == 0 ? "bk-nobody" : dice_.Pick(tokens_);
  }

  void Allocate() {
    const std::string token = dice_.Roll(0, 9) == 0 ? SomeToken() : NewId("bk");
    const DemandKind kind = AnyKind();
    const RunEpoch run = RandomEpoch();
    static const std::vector<std::string> kWishes = {"", "", "A", "FA", "L", "X"};
    const std::string wish = dice_.Pick(kWishes);
    tokens_.push_back(token);
    Both(
        absl::StrCat("allocate ", token, " ", Describe(kind), " wishing for ", wish),
        [&](auto& i) { return i.AllocateWished(run, kind, token, wish); },
        [](const std::vector<int>& units) { return absl::StrJoin(units, ","); });
  }

  void Release() {
    const std::string token = SomeToken();
    const RunEpoch run = RandomEpoch();
    Both(
        absl::StrCat("release ", token), [&](auto& i) { return i.Release(run, token); },
        [](const ReleaseOutcome& o) { return absl::StrCat(o.released, " ", o.matches); });
  }

  void Enlist() {
    WaitingDemand demand = {NewId("dm"), AnyKind(),
                            absl::FromUnixMicros(1793491200000000 + dice_.Roll(0, 12))};
    if (!enlisted_.empty() && dice_.Roll(0, 9) == 0) {
      demand = dice_.Pick(enlisted_);
    }
    const RunEpoch run = RandomEpoch();
    enlisted_.push_back(demand);
    tokens_.push_back(demand.demand);
    Both(
        absl::StrCat("enlist ", demand.demand, " ", Describe(demand.kind)),
        [&](auto& i) { return i.Enlist(run, demand); },
        [](EnlistOutcome outcome) { return absl::StrCat(static_cast<int>(outcome)); });
  }

  void Withdraw() {
    const std::string demand = SomeToken();
    const RunEpoch run = RandomEpoch();
    Both(
        absl::StrCat("withdraw ", demand), [&](auto& i) { return i.Withdraw(run, demand); },
        [](WithdrawOutcome outcome) { return absl::StrCat(static_cast<int>(outcome)); });
  }

  static std::string Describe(const DemandKind& kind) {
    return absl::StrCat(kind.class_code, " ", kind.legs.from, "-", kind.legs.to, " x", kind.party);
  }

  void AddCapacity() {
    const ClassLayout& layout = dice_.Pick(state_.classes);
    const AddedUnits added = {.class_code = layout.code,
                              .first_unit = layout.capacity - (dice_.Roll(0, 4) == 0 ? 1 : 0),
                              .units = dice_.Roll(1, 9),
                              .extends_coach = dice_.Roll(0, 1) == 0};
    const RunEpoch run = RandomEpoch();
    Both(
        absl::StrCat("add ", added.units, " to ", layout.code),
        [&](auto& i) { return i.AddCapacity(run, added); },
        [](int matches) { return absl::StrCat(matches); });
  }

  void SetSale() {
    const Sale sale = dice_.Roll(0, 2) == 0 ? Sale::kClosed : Sale::kOpen;
    const RunEpoch run = RandomEpoch();
    Both(
        sale == Sale::kClosed ? "close" : "open", [&](auto& i) { return i.SetSale(run, sale); },
        [](auto) { return std::string("set"); });
  }

  void Reload() {
    Compare();
    RunState state = state_;
    state.epoch += dice_.Roll(-1, 3);
    if (!state.taken.empty() && dice_.Roll(0, 1) == 0) {
      state.taken.erase(state.taken.begin());
    }
    Load(state);
  }

  void Load(const RunState& state) {
    Both(
        absl::StrCat("load epoch ", state.epoch), [&](auto& i) { return i.Load(state); },
        [](int matches) { return absl::StrCat(matches); });
    loaded_ = true;
    was_loaded_ = true;
  }

  // The same matches in the same order; a load serves class by class, so by class there.
  void CompareMatches() {
    std::vector<Match> fast = fast_.TakeMatches("test");
    std::vector<Match> plain = plain_.TakeMatches("test");
    if (loaded_) {
      const auto by_class = [](const Match& a, const Match& b) {
        return a.kind.class_code < b.kind.class_code;
      };
      std::stable_sort(fast.begin(), fast.end(), by_class);
      std::stable_sort(plain.begin(), plain.end(), by_class);
    }
    loaded_ = false;
    Expect(Show(fast), Show(plain));
    served_ += static_cast<int>(fast.size());
  }

  // What the changes tell is what both indexes have, told in the same order; a load serves class by
  // class, and some orders have no winner there.
  void CompareFollowers() {
    const int page = dice_.Roll(1, 9);
    std::vector<std::string> fast = fast_follower_->Follow(page);
    std::vector<std::string> plain = plain_follower_->Follow(page);
    if (was_loaded_) {
      std::sort(fast.begin(), fast.end());
      std::sort(plain.begin(), plain.end());
    }
    was_loaded_ = false;
    Expect(absl::StrJoin(fast, "; "), absl::StrJoin(plain, "; "));
    Expect(fast_follower_->Error(), "");
    Expect(plain_follower_->Error(), "");
  }

  void Compare() {
    CompareMatches();
    const IndexState fast = *fast_.Run(fast_.index().FullState(state_.run));
    const IndexState plain = *plain_.Run(plain_.index().FullState(state_.run));
    const InventoryAudit audit = Audit(plain.state, fast);
    Expect(absl::StrJoin(audit.differences, "; "), "");
    Expect(absl::StrCat("not conserved: ", audit.conservation_error()), "not conserved: 0");
    Expect(absl::StrCat("oversold: ", audit.oversold), "oversold: 0");
    Expect(absl::StrCat("passed over: ", audit.servable_waiting), "passed over: 0");
    Expect(std::string(ReasonOf(Validate(fast.state))), "");
    Expect(WrongAtRest(fast.state), "");
    Expect(fast.state.sale == Sale::kOpen ? "open" : "closed",
           plain.state.sale == Sale::kOpen ? "open" : "closed");
    CompareFollowers();
    const RunEpoch run = {state_.run, fast.state.epoch};
    const LegRange legs = AnyKind().legs;
    Both(
        "snapshot", [&](auto& i) { return i.Snapshot(run, legs); },
        [](const std::vector<ClassVacancy>& vacancies) {
          std::string text;
          for (const ClassVacancy& vacancy : vacancies) {
            absl::StrAppend(&text, vacancy.class_code, " ", vacancy.free, "; ");
          }
          return text;
        });
    waited_ += static_cast<int>(fast.state.waiting.size());
    state_ = plain.state;
  }

  InventorySubject& fast_;
  InventorySubject& plain_;
  Dice dice_;
  RunState state_;
  std::vector<std::string> tokens_;
  std::vector<DemandKind> kinds_;
  std::vector<WaitingDemand> enlisted_;
  std::string log_;
  int serial_ = 0;
  bool loaded_ = false;
  bool was_loaded_ = false;
  std::optional<Follower> fast_follower_;
  std::optional<Follower> plain_follower_;
  int served_ = 0;
  int waited_ = 0;
};

}  // namespace

TEST_CASE("the index serves whom the plain model serves and never sells a unit-leg twice",
          "[slot][property][W-05][W-07][W-12][X-01][X-13][X-18]") {
  // As usual a call does all its work; a few pieces at a time must come to the same.
  const int work_max = GENERATE(0, 3);
  const auto fast = InventorySubject::OrSkip(Backend::kRedis, 1, work_max);
  if (!fast) return;
  const auto plain = InventorySubject::OrSkip(Backend::kMemory, 1);
  const int first_seed = SettingOr("HOUBU_TEST_SEED", 20261201);
  const int histories = (SettingOr("HOUBU_TEST_HISTORIES", 10000) + 1) / 2;
  int served = 0;
  int waited = 0;
  for (int seed = first_seed; seed < first_seed + histories; ++seed) {
    INFO("HOUBU_TEST_SEED=" << seed << " HOUBU_TEST_HISTORIES=1 repeats this history");
    const bool is_long = seed % 50 == 0;
    History history(*fast, *plain, seed);
    history.Run(is_long ? 40 : 12, is_long);
    served += history.served();
    waited += history.waited();
  }
  CAPTURE(first_seed, histories, work_max, served, waited);
  CHECK((histories < 100 || served > histories));
  CHECK((histories < 100 || waited > 2 * histories));
}

}  // namespace houbu::slot
