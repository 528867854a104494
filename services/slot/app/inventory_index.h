/// The index of the inventory: the fast proposal of who can have what.
///
/// One object answers for every run: it allocates, releases, and keeps the line. It proposes only:
/// PostgreSQL decides, and an index that was lost or is wrong is rebuilt from it with a new epoch.
/// After every call that succeeded, no demand in line fits what is free (W-05).
///
/// Every call is atomic, and safe to repeat when its answer was lost: a token or demand that
/// already has its places is answered with the same places, a release that was done does nothing.
/// Outages are UNAVAILABLE.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/refusal.h"
#include "services/slot/app/inventory_changes.h"
#include "services/slot/domain/inventory.h"
#include "services/slot/domain/run_state.h"

namespace houbu::slot {

/// A run and the epoch its index must have. Any call may be refused with kStaleIndex: then the
/// run's epoch is raised in PostgreSQL, its state read there, loaded, and the call made once more.
/// The refusal's metadata `epoch` is what the index has, 0 when it has none: raise above it.
struct RunEpoch {
  std::string run;         ///< The run's id.
  std::int64_t epoch = 0;  ///< The epoch in the record.
};

/// Above every epoch an index can have.
inline constexpr std::int64_t kEveryEpoch = 9'000'000'000'000'000;

/// The index could not be brought up to date: it keeps changing under us.
inline constexpr Refusal kIndexBusy{absl::StatusCode::kUnavailable, "INDEX_REBUILDING",
                                    "The inventory is being rebuilt; try again."};

/// What became of a demand that was to be put in line.
enum class EnlistOutcome : std::uint8_t {
  kWaiting,  ///< It stands in line.
  kMatched,  ///< It has its places; the match is, or was, among the matches to read.
};

/// What became of a demand that was to be taken out of line.
enum class WithdrawOutcome : std::uint8_t {
  kWithdrawn,  ///< It left the line.
  kMatched,    ///< It already has places: its match decides, or Release gives them back.
  kUnknown,    ///< It is not here: never enlisted, or gone.
};

/// What a release did.
struct ReleaseOutcome {
  bool released = false;  ///< False when the token had no places (any more); nothing was done.
  int matches = 0;        ///< How many demands were served from what became free.
};

/// Units to add at the end of a class.
struct AddedUnits {
  std::string class_code;      ///< The class.
  int first_unit = 0;          ///< The class's capacity before: makes a repeated call do nothing.
  int units = 0;               ///< How many, at least 1.
  bool extends_coach = false;  ///< Numbered units: they stand in the last coach, not in a new one.
};

/// Free places of one class over a stretch.
struct ClassVacancy {
  std::string class_code;  ///< The class.
  int free = 0;            ///< How many passengers fit, alone or split over coaches.
};

/// Places the index found for a demand in line; a proposal until PostgreSQL has it.
///
/// The reader commits it only where `epoch` is still the run's epoch in PostgreSQL (lock the run's
/// row) and the demand still waits there; else the match is void. A void match of the same epoch
/// is released by Release(run, demand); one of an older epoch has nothing left to release. Either
/// way it is acknowledged last.
struct Match {
  int shard = 0;           ///< Where it was read.
  std::string id;          ///< Its place among the shard's matches.
  std::string run;         ///< The run.
  std::int64_t epoch = 0;  ///< The epoch of the index that made it.
  std::string demand;      ///< The demand; also the token that has the places.
  DemandKind kind;         ///< What it asked for.
  std::vector<int> units;  ///< The units, ascending, one a passenger; empty where counted.
  /// False where the index holds something else than a match: then shard and id are good, and the
  /// run where it is not empty.
  bool readable = true;
};

/// Who a token stands for.
enum class TokenHolder : std::uint8_t {
  kBooking,  ///< Allocate took the places: release them when the record has no such booking.
  kDemand,   ///< A match took them: its reader decides; older ones are a reason to rebuild.
};

/// A token nobody has confirmed yet.
struct UnconfirmedToken {
  std::string run;                             ///< The run.
  std::string token;                           ///< The token.
  TokenHolder holder = TokenHolder::kBooking;  ///< Who it stands for.
};

/// The port to the index.
class InventoryIndex {
 public:
  virtual ~InventoryIndex() = default;

  /// How many shards the runs are spread over; shards are 0 to shards() - 1.
  virtual int shards() const = 0;

  /// Replaces the run's index by `state`, then serves the line from what is free; answers how many
  /// demands were served. The same epoch again changes nothing: someone else was faster. Refused:
  /// kStaleIndex when the index is of a later epoch, kStateInvalid.
  virtual async::Task<int> Load(RunState state) = 0;

  /// Takes places for a buyer under `token`: the units, ascending; none where counted. First fit;
  /// a party gets neighbouring units of one coach where it can, else one coach, else it is split.
  /// Refused: kSoldOut, kRunClosed, kStaleIndex, kClassUnknown, kLegsInvalid, kPartyInvalid,
  /// kTokenInUse.
  virtual async::Task<std::vector<int>> Allocate(RunEpoch run, DemandKind kind,
                                                 std::string token) = 0;

  /// As Allocate; where it can be, a party gets neighbours one of whom is at one of `positions` (as
  /// in ClassLayout::positions). A wish: nothing is refused for it. An index that knows no
  /// positions ignores it.
  virtual async::Task<std::vector<int>> AllocateWished(RunEpoch run, DemandKind kind,
                                                       std::string token, std::string positions) {
    static_cast<void>(positions);
    return Allocate(std::move(run), std::move(kind), std::move(token));
  }

  /// Gives back everything the token has, then serves the line from it in the same step.
  virtual async::Task<ReleaseOutcome> Release(RunEpoch run, std::string token) = 0;

  /// Puts a demand in line; where it fits at once it is matched instead. Refused as Allocate,
  /// except kSoldOut.
  virtual async::Task<EnlistOutcome> Enlist(RunEpoch run, WaitingDemand demand) = 0;

  /// Takes a demand out of line; does not give back places it already has.
  virtual async::Task<WithdrawOutcome> Withdraw(RunEpoch run, std::string demand) = 0;

  /// Adds units to a class and serves the line from them first; answers how many demands
  /// were served. Refused: kStaleIndex also when units before `first_unit` are missing,
  /// kClassUnknown, kCapacityInvalid.
  virtual async::Task<int> AddCapacity(RunEpoch run, AddedUnits added) = 0;

  /// Closes a run to new buyers, or opens it again. Its line is served all the same.
  virtual async::Task<void> SetSale(RunEpoch run, Sale sale) = 0;

  /// Forgets a run that has ended, or that cannot be of the epoch it claims: then kEveryEpoch. One
  /// that is not there is no failure. Refused: kStaleIndex when its index is of a later epoch.
  virtual async::Task<void> Remove(RunEpoch run) = 0;

  /// Notes that the record has the places of these tokens of a run: no orphans any more.
  virtual async::Task<void> Confirm(std::string run, std::vector<std::string> tokens) = 0;

  /// Counts what is free over a stretch, for every class of the run.
  virtual async::Task<std::vector<ClassVacancy>> Snapshot(RunEpoch run, LegRange legs) = 0;

  /// Gives what is free of a run, leg by leg; kStaleIndex when it is not there.
  virtual async::Task<RunVacancy> Vacancy(std::string run) = 0;

  /// Reads up to `count` changes of a shard behind `after_id` (kFirstChange for all there are).
  /// Does not wait for any to come. A shard keeps about its last 65,536 changes.
  virtual async::Task<ChangePage> ReadChanges(int shard, std::string after_id, int count) = 0;

  /// Gives the whole index of a run, to compare it with the record; kStaleIndex when there is none.
  virtual async::Task<IndexState> FullState(std::string run) = 0;

  /// Reads up to `count` matches of a shard for `consumer`, a name no other running process has:
  /// first those it has read and not acknowledged and those of consumers silent for a minute, then
  /// new ones. A quarter of `count`, rounded down, is kept for new ones, so that what cannot be
  /// decided does not starve them. Does not wait for any to come.
  virtual async::Task<std::vector<Match>> ReadMatches(int shard, std::string consumer,
                                                      int count) = 0;

  /// Ends a match: it is decided in the record. Also confirms its token.
  virtual async::Task<void> AckMatch(Match match) = 0;

  /// Lists up to `count` tokens of a shard that were taken at least `age` ago (by the index's own
  /// clock: a moved business clock orphans nothing) and never confirmed, oldest first.
  virtual async::Task<std::vector<UnconfirmedToken>> UnconfirmedTokens(int shard,
                                                                       absl::Duration age,
                                                                       int count) = 0;
};

}  // namespace houbu::slot
