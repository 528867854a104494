/// What the use cases of slot need of the world: the record (PostgreSQL), the index (Redis), and
/// what account vouches for. Time comes from a Clock, ids from an IdSource.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/money.h"
#include "libs/base/request.h"
#include "services/slot/app/change.h"
#include "services/slot/app/index_home.h"
#include "services/slot/app/inventory_index.h"
#include "services/slot/app/rebuild_source.h"
#include "services/slot/domain/booking.h"
#include "services/slot/domain/demand.h"
#include "services/slot/domain/rules.h"
#include "services/slot/domain/run.h"
#include "services/slot/domain/run_state.h"

namespace houbu::slot {

/// The record: bookings, demands, places, journeys. Its constraints are the referee.
class Record {
 public:
  virtual ~Record() = default;

  /// The answer stored under a key, nothing when the request is new. Refuses REQUEST_ID_REUSED.
  virtual async::Task<std::optional<std::string>> FindAnswer(RequestKey key) = 0;

  /// A serial number for the next booking; none is given twice, some may be left out.
  virtual async::Task<std::int64_t> NextSerial() = 0;

  /// Commits a change. Refuses kStaleIndex (the claim's epoch is over), kRunCancelled (the claim's
  /// run), kPlaceTaken, kItineraryConflict, kOneTicketPerRun, kChangedMeanwhile, kAlreadyRebooked
  /// (the link), kDemandExists.
  virtual async::Task<Committed> Commit(Change change) = 0;
};

/// Which bookings are listed. Newest first.
struct BookingFilter {
  std::string account;
  std::optional<BookingState> state;
  std::optional<absl::CivilDay> from_day;  ///< Of the run, in its own zone.
  std::optional<absl::CivilDay> to_day;
  std::string cancel_reason;  ///< Part of it, whatever the case (R-23).
  std::string before;         ///< Only older than the booking with this id; empty for the newest.
  int limit = 50;
};

/// Reads bookings.
class BookingStore {
 public:
  virtual ~BookingStore() = default;

  /// A booking; refuses kBookingNotFound.
  virtual async::Task<Booking> Load(BookingId id) = 0;

  /// The bookings that pass the filter.
  virtual async::Task<std::vector<Booking>> List(BookingFilter filter) = 0;

  /// Bookings whose due_at has come, the longest overdue first.
  virtual async::Task<std::vector<BookingId>> Due(absl::Time now, int limit) = 0;
};

/// Reads demands.
class DemandStore {
 public:
  virtual ~DemandStore() = default;

  /// A demand; refuses kDemandNotFound.
  virtual async::Task<Demand> Load(DemandId id) = 0;

  /// Waiting demands whose run has left their boarding station.
  virtual async::Task<std::vector<DemandId>> Departed(absl::Time now, int limit) = 0;
};

/// Reads runs.
class RunStore {
 public:
  virtual ~RunStore() = default;

  /// A run with its stops and classes; refuses kRunNotFound.
  virtual async::Task<Run> Load(RunId id) = 0;

  /// The price of one place; nothing where it is not sold.
  virtual async::Task<std::optional<Money>> Fare(RunId id, ClassCode class_code, LegRange legs) = 0;

  /// Coach and number of these units, in the same order.
  virtual async::Task<std::vector<Unit>> Units(RunId id, ClassCode class_code,
                                               std::vector<int> units) = 0;

  /// Hears that a run was found in another epoch than Load had said. Who keeps runs in memory says
  /// the new one from now on; an epoch that was old costs a question more, never a wrong answer.
  virtual void NoteEpoch(const RunId&, std::int64_t) {}

  /// Hears that what Load had said of a run is not so any more: it is to be read again.
  virtual void Forget(const RunId&) {}
};

/// A run's epoch after it was to be raised.
struct RaisedEpoch {
  std::int64_t epoch = 0;
  /// What was owed to the index before and is paid by loading any state read from now on; empty
  /// where somebody else raised the epoch.
  std::vector<std::int64_t> debts;
};

/// Units to be added to a class.
struct Addition {
  RunId run;
  ClassCode class_code;
  int units = 0;
  std::string coach;  ///< Numbered classes only.
};

/// What was added, in the index's words.
struct Added {
  AddedUnits units;
  Committed committed;
};

/// A run to be closed to new buyers, or opened to them again.
struct SaleChange {
  RunId run;
  Sale sale = Sale::kOpen;
};

/// The inventory as the record has it: what the index is rebuilt from.
class InventoryRecord {
 public:
  virtual ~InventoryRecord() = default;

  /// Raises a run's epoch above `used` and `index`, unless somebody raised it above `used` already;
  /// gives the epoch it has now. After it no claim of an earlier epoch is committed. The rebuild
  /// that must follow is a debt of its own. Refuses kRunNotFound.
  virtual async::Task<RaisedEpoch> RaiseEpoch(RunId run, std::int64_t used, std::int64_t index) = 0;

  /// Reads the run's inventory in one snapshot; refuses kRunNotFound.
  virtual async::Task<RunState> ReadState(RunId run) = 0;

  /// Notes that these debts of the run are paid.
  virtual async::Task<void> Settle(RunId run, std::vector<std::int64_t> debts) = 0;

  /// Marks the run so that its index is rebuilt.
  virtual async::Task<void> MarkDirty(RunId run) = 0;

  /// Runs that are dirty, or owe their index something since before `owing_since`.
  virtual async::Task<std::vector<RunId>> ToRebuild(absl::Time owing_since, int limit) = 0;

  /// Runs that somebody has a place on or waits for, after the run `after` in the order of ids; by
  /// the record's clock none that left kRunLongest ago.
  virtual async::Task<std::vector<RunId>> RunsInUse(std::string after, int limit) = 0;

  /// Those of the holders that have live places in the record.
  virtual async::Task<std::set<std::string>> LiveHolders(std::vector<std::string> holders) = 0;

  /// Adds units and stores the answer; a class that sells the units of this one has them too.
  /// Refuses kRunNotFound, kClassUnknown, kCapacityInvalid for a class without units of its own.
  virtual async::Task<Added> AddUnits(Addition addition, StoredAnswer answer, absl::Time now) = 0;

  /// Closes a run to new buyers or opens it, and stores the answer; one that is so already stays
  /// so. Its index is owed the news. Refuses kRunNotFound.
  virtual async::Task<Committed> SetSale(SaleChange change, StoredAnswer answer,
                                         absl::Time now) = 0;

  /// Whether a run sells to newcomers, as of now; refuses kRunNotFound.
  virtual async::Task<Sale> ReadSale(RunId run) = 0;
};

/// A statement of who may travel as it came: bytes and signature.
struct SignedStatement {
  std::string key_id;
  std::string payload;
  std::string signature;
};

/// Checks what account vouches for, without asking it.
class StatementCheck {
 public:
  virtual ~StatementCheck() = default;

  /// Those who may travel, in their order, when the statement was issued to `account` for booking
  /// and holds at `now`. Refuses with account's STATEMENT_ reasons.
  virtual absl::StatusOr<std::vector<Traveller>> Verify(const SignedStatement& statement,
                                                        absl::string_view account,
                                                        absl::Time now) const = 0;
};

/// A window with what is left of one class.
struct WindowOffer {
  Run run;
  ClassCode class_code;
  Money fare;
  int free = 0;
  bool on_sale = false;  ///< Whether it can be booked now (R-10).
  SaleState sale = SaleState::kOpen;
  bool known = true;  ///< Whether anybody could say what is left; `free` is 0 otherwise.
};

/// The windows of a day; where nothing is left, others with room.
struct WindowDay {
  std::vector<WindowOffer> windows;
  bool sold_out = false;
  std::vector<WindowOffer> alternatives;
  absl::Time as_of;  ///< Up to when what is left is known.
};

/// Which windows are looked for.
struct WindowQuery {
  std::string station;  ///< Its id or name.
  ClassCode class_code;
  absl::CivilDay day;
};

/// Finds windows.
class WindowFinder {
 public:
  virtual ~WindowFinder() = default;

  /// The windows of a station and class on a day, as they are at `now`.
  virtual async::Task<WindowDay> Find(std::string station, ClassCode class_code, absl::CivilDay day,
                                      absl::Time now) = 0;
};

}  // namespace houbu::slot
