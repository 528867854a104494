/// The index of simulated slot processes: one server that can be lost or thrown back to what it
/// was, where it lives as the record has it, and the way of each process there.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "services/slot/app/index_home.h"
#include "services/slot/app/memory_inventory.h"
#include "tests/simulation/virtual_time.h"

namespace houbu::simulation {

/// The server all slot processes share, with what it shows of itself.
class SharedIndex final {
 public:
  /// `clock` must outlive this.
  explicit SharedIndex(const Clock& clock)
      : index_(std::make_unique<slot::MemoryInventory>(clock)) {
    StartAnew();
  }

  /// It was started anew, and everything in it is gone.
  void Lose() {
    index_->Lose();
    shown_ = slot::ShownHome();
    StartAnew();
  }

  /// Keeps a copy, with the mark of this moment.
  void Remember() {
    copies_.push_back(Copy{std::make_unique<slot::MemoryInventory>(*index_), shown_});
    if (copies_.size() > kCopiesMax) copies_.pop_front();
  }

  /// Tells whether there is a copy.
  bool has_copies() const { return !copies_.empty(); }

  /// Is what it was at the earliest moment that is remembered, in the same epochs, as after a
  /// failover to a replica that lagged or the loading of an old dump. `recorded` is its home as the
  /// record has it. Whoever does that starts the server anew or promotes another; by `is_same`
  /// nobody did, as far as the mark can tell of it: where the copy has the mark of this moment,
  /// another server it is. Gives whether it is the same.
  bool ThrowBack(bool is_same, const slot::IndexHome& recorded) {
    index_ = std::make_unique<slot::MemoryInventory>(*copies_.front().index);
    const std::string server = shown_.server;
    shown_ = copies_.front().shown;
    shown_.server = server;
    copies_.pop_front();
    const bool shows = shown_.number != recorded.number || shown_.mark < recorded.mark;
    if (!is_same || !shows) StartAnew();
    return is_same && shows;
  }

  /// As the library's function: what it shows; takes the next mark where it is `known`.
  slot::ShownHome Show(const std::string& deployment, const slot::IndexHome& known) {
    const slot::ShownHome before = shown_;
    const bool is_known = shown_.deployment == deployment && shown_.number == known.number;
    if (is_known && shown_.mark == known.mark) ++shown_.mark;
    return before;
  }

  /// As the library's function: is the home, unless it already is a later one.
  void Settle(const std::string& deployment, const slot::IndexHome& home) {
    if (shown_.number > home.number || shown_.server != home.server) return;
    shown_.deployment = deployment;
    shown_.number = home.number;
    shown_.mark = home.mark;
  }

  /// Who it is.
  const std::string& server() const { return shown_.server; }
  /// The index as it is.
  slot::MemoryInventory& plain() { return *index_; }

 private:
  struct Copy {
    std::unique_ptr<slot::MemoryInventory> index;
    slot::ShownHome shown;
  };
  static constexpr std::size_t kCopiesMax = 3;

  void StartAnew() {
    shown_.server = absl::StrCat("server-", ++servers_);
    shown_.eviction = "noeviction";
  }

  std::unique_ptr<slot::MemoryInventory> index_;
  slot::ShownHome shown_;
  std::deque<Copy> copies_;
  int servers_ = 0;
};

/// Where the index lives, as the record has it. One shard.
class MemoryHomes final {
 public:
  /// `clock` must outlive this.
  explicit MemoryHomes(const Clock& clock) : clock_(clock) {}

  /// The home of the one shard.
  slot::IndexHome home() const {
    slot::IndexHome home = home_;
    home.age = clock_.Now() - moved_at_;
    return home;
  }

  /// As HomeRecord::Move.
  std::optional<slot::IndexHome> Move(const slot::IndexHome& from, const slot::ShownHome& to) {
    if (home_.number != from.number || home_.server != from.server) return std::nullopt;
    home_.server = to.server;
    home_.number = std::max(home_.number, to.number) + 1;
    home_.mark = std::max(home_.mark, to.mark) + 1;
    moved_at_ = clock_.Now();
    ++moves_;
    return home();
  }

  /// As HomeRecord::CountOn.
  void CountOn(const slot::IndexHome& home) {
    if (home_.number == home.number && home_.mark == home.mark) ++home_.mark;
  }

  /// How often the shard has moved.
  int moves() const { return moves_; }

 private:
  const Clock& clock_;
  slot::IndexHome home_;
  absl::Time moved_at_ = absl::InfinitePast();
  int moves_ = 0;
};

/// The homes behind a connection that fails.
class WornHomes final : public slot::HomeRecord {
 public:
  WornHomes(MemoryHomes& homes, Surroundings& around) : homes_(homes), around_(around) {}

  Task<std::string> Deployment() override {
    return around_.Through<std::string>([] { return Name(); });
  }
  Task<std::vector<slot::IndexHome>> Homes(int) override {
    return around_.Through<std::vector<slot::IndexHome>>([this] { return All(); });
  }
  Task<std::optional<slot::IndexHome>> Move(slot::IndexHome from, slot::ShownHome to) override {
    return around_.Through<std::optional<slot::IndexHome>>(
        [this, from, to] { return MoveNow(from, to); });
  }
  Task<void> CountOn(std::vector<slot::IndexHome> homes) override {
    return around_.Through<void>([this, homes] { return Count(homes); });
  }

 private:
  static Task<std::string> Name() { co_return std::string("the only one"); }
  Task<std::vector<slot::IndexHome>> All() {
    co_return std::vector<slot::IndexHome>(1, homes_.home());
  }
  Task<std::optional<slot::IndexHome>> MoveNow(slot::IndexHome from, slot::ShownHome to) {
    co_return homes_.Move(from, to);
  }
  Task<void> Count(std::vector<slot::IndexHome> homes) {
    for (const slot::IndexHome& home : homes) homes_.CountOn(home);
    co_return absl::OkStatus();
  }

  MemoryHomes& homes_;
  Surroundings& around_;
};

/// The servers as one life of one process knows them.
class WornServers final : public slot::HomeServers {
 public:
  WornServers(SharedIndex& index, Surroundings& around) : index_(index), around_(around) {}

  /// Tells whether the server may be asked.
  bool Admit() const { return trusted_ == index_.server(); }

  int ShardOf(const std::string&) const override { return 0; }
  void Trust(const slot::IndexHome& home) override { trusted_ = home.server; }
  Task<slot::ShownHome> Show(std::string deployment, slot::IndexHome known) override {
    return around_.Through<slot::ShownHome>(
        [this, deployment, known] { return ShowNow(deployment, known); });
  }
  Task<void> Settle(std::string deployment, slot::IndexHome home) override {
    return around_.Through<void>([this, deployment, home] { return SettleNow(deployment, home); });
  }

 private:
  Task<slot::ShownHome> ShowNow(std::string deployment, slot::IndexHome known) {
    co_return index_.Show(deployment, known);
  }
  Task<void> SettleNow(std::string deployment, slot::IndexHome home) {
    index_.Settle(deployment, home);
    co_return absl::OkStatus();
  }

  SharedIndex& index_;
  Surroundings& around_;
  std::string trusted_;  // nobody, at first
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
  /// Asks nothing of a server that is not the one `servers` trusts.
  WornIndex(SharedIndex& index, WornServers& servers, Surroundings& around, Watch watch)
      : index_(index), servers_(servers), around_(around), watch_(std::move(watch)) {}

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
    return Ask<void>([this, run, tokens] { return index_.plain().Confirm(run, tokens); });
  }
  Task<std::vector<slot::ClassVacancy>> Snapshot(slot::RunEpoch run, slot::LegRange legs) override {
    return Ask<std::vector<slot::ClassVacancy>>(
        [this, run, legs] { return index_.plain().Snapshot(run, legs); });
  }
  Task<void> SetSale(slot::RunEpoch run, slot::Sale sale) override {
    return Ask<void>([this, run, sale] { return index_.plain().SetSale(run, sale); });
  }
  Task<void> Remove(slot::RunEpoch run) override {
    return Ask<void>([this, run] { return index_.plain().Remove(run); });
  }
  Task<slot::RunVacancy> Vacancy(std::string run) override {
    return Ask<slot::RunVacancy>([this, run] { return index_.plain().Vacancy(run); });
  }
  Task<slot::ChangePage> ReadChanges(int shard, std::string after_id, int count) override {
    return Ask<slot::ChangePage>([this, shard, after_id, count] {
      return index_.plain().ReadChanges(shard, after_id, count);
    });
  }
  Task<slot::IndexState> FullState(std::string run) override {
    return Ask<slot::IndexState>([this, run] { return index_.plain().FullState(run); });
  }
  Task<std::vector<slot::Match>> ReadMatches(int shard, std::string consumer, int count) override {
    return Ask<std::vector<slot::Match>>([this, shard, consumer, count] {
      return index_.plain().ReadMatches(shard, consumer, count);
    });
  }
  Task<void> AckMatch(slot::Match match) override {
    return Ask<void>([this, match] { return index_.plain().AckMatch(match); });
  }
  Task<std::vector<slot::UnconfirmedToken>> UnconfirmedTokens(int shard, absl::Duration age,
                                                              int count) override {
    return Ask<std::vector<slot::UnconfirmedToken>>(
        [this, shard, age, count] { return index_.plain().UnconfirmedTokens(shard, age, count); });
  }

 private:
  template <class T>
  Task<T> Watched(std::string run, std::function<Task<T>()> call) {
    return Ask<T>([this, run, call = std::move(call)] { return CallWatched<T>(run, call); });
  }
  template <class T>
  Task<T> Ask(std::function<Task<T>()> call) {
    return around_.Through<T>([this, call = std::move(call)] { return CallAdmitted<T>(call); });
  }
  template <class T>
  Task<T> CallAdmitted(std::function<Task<T>()> call) {
    if (!servers_.Admit()) co_return Refuse(slot::kIndexStranger);
    co_return co_await call();
  }
  template <class T>
  Task<T> CallWatched(std::string run, std::function<Task<T>()> call) {
    watch_.before(run);
    auto outcome = co_await call();
    watch_.after(run);
    co_return outcome;
  }

  SharedIndex& index_;
  WornServers& servers_;
  Surroundings& around_;
  Watch watch_;
};

}  // namespace houbu::simulation
