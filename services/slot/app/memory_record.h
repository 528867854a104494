/// The record in memory: for the tests of use cases and the simulation. The same referee as the
/// database's constraints, written out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "libs/base/clock.h"
#include "services/slot/app/ports.h"
#include "services/slot/app/ports_trips.h"

namespace houbu::slot {

/// A run with all that is sold of it.
struct MemoryRun {
  Run run;
  std::map<std::pair<ClassCode, std::pair<int, int>>, Money> fares;  ///< By class, from and to.
  std::map<ClassCode, std::vector<Unit>> units;                      ///< Numbered classes.
};

/// An effect that was committed, with its place in the order of all.
struct CommittedEffect {
  Effect effect;
  EffectContext context;
};

/// Keeps everything; for one thread.
class MemoryRecord final : public Record,
                           public BookingStore,
                           public TripStore,
                           public DemandStore,
                           public RunStore,
                           public InventoryRecord {
 public:
  /// Starts empty; debts are dated, and runs have ended, by `clock`, which must outlive this.
  explicit MemoryRecord(const Clock& clock) : clock_(clock) {}

  /// Opens a run.
  void Open(MemoryRun run);

  /// The effects that were committed so far, in order.
  const std::vector<CommittedEffect>& effects() const { return effects_; }

  async::Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  async::Task<std::int64_t> NextSerial() override;
  async::Task<Committed> Commit(Change change) override;

  async::Task<Booking> Load(BookingId id) override;
  async::Task<std::vector<Booking>> List(BookingFilter filter) override;
  async::Task<std::vector<BookingId>> Due(absl::Time now, int limit) override;
  async::Task<std::vector<PlannedTrip>> ListTrips(TripFilter filter) override;

  async::Task<Demand> Load(DemandId id) override;
  async::Task<std::vector<DemandId>> Departed(absl::Time now, int limit) override;

  async::Task<Run> Load(RunId id) override;
  async::Task<std::optional<Money>> Fare(RunId id, ClassCode class_code, LegRange legs) override;
  async::Task<std::vector<Unit>> Units(RunId id, ClassCode class_code,
                                       std::vector<int> units) override;

  async::Task<RaisedEpoch> RaiseEpoch(RunId run, std::int64_t used, std::int64_t index) override;
  async::Task<RunState> ReadState(RunId run) override;
  async::Task<void> Settle(RunId run, std::vector<std::int64_t> debts) override;
  async::Task<void> MarkDirty(RunId run) override;
  async::Task<std::vector<RunId>> ToRebuild(absl::Time owing_since, int limit) override;
  async::Task<std::vector<RunId>> RunsInUse(std::string after, int limit) override;
  async::Task<std::set<std::string>> LiveHolders(std::vector<std::string> holders) override;
  async::Task<Added> AddUnits(Addition addition, StoredAnswer answer, absl::Time now) override;
  async::Task<Committed> SetSale(SaleChange change, StoredAnswer answer, absl::Time now) override;
  async::Task<Sale> ReadSale(RunId run) override;

 private:
  using AnswerKey = std::tuple<std::string, std::string, std::string>;
  struct Debt {
    RunId run;
    absl::Time at;
  };

  absl::StatusOr<std::optional<std::string>> AnswerOf(const RequestKey& key) const;
  absl::Status Check(const Change& change) const;
  absl::Status CheckVersions(const Change& change) const;
  absl::Status CheckJourneys(const Change& change) const;
  absl::Status CheckPlaces(const Change& change) const;
  absl::Status CheckTurn(const Change& change) const;
  Committed Apply(Change change);
  std::int64_t Owe(const RunId& run, absl::Time at);
  MemoryRun* FindRun(const RunId& id);

  const Clock& clock_;
  std::map<std::string, MemoryRun> runs_;
  std::set<RunId> closed_;  // to new buyers
  std::map<std::string, Booking> bookings_;
  std::map<std::string, Demand> demands_;
  std::map<std::string, Claim> claims_;  // live ones, by booking
  std::map<AnswerKey, StoredAnswer> answers_;
  std::map<std::int64_t, Debt> debts_;
  std::vector<CommittedEffect> effects_;
  std::int64_t serial_ = 0;
  std::int64_t last_debt_ = 0;
};

}  // namespace houbu::slot
