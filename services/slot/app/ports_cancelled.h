/// What the use cases of slot need of the record for runs that were cancelled.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "services/slot/app/change.h"
#include "services/slot/domain/booking.h"
#include "services/slot/domain/demand.h"
#include "services/slot/domain/run.h"

namespace houbu::slot {

/// A run that was cancelled, and how far that is.
struct CancelledRun {
  RunId run;
  std::string reason;  ///< As travellers are told.
  absl::Time cancelled_at;
  int bookings = 0;       ///< That had places then.
  int bookings_left = 0;  ///< That still have.
  int demands = 0;        ///< That waited then.
  int demands_left = 0;   ///< That still wait.
};

/// A run to be cancelled.
struct RunToCancel {
  RunId run;
  std::string reason;
};

/// What a cancellation was answered with, and what the index is owed.
struct CancelledAnswer {
  std::string bytes;
  Committed committed;
};

/// A booking of a cancelled run that still has its places.
struct BookingLeft {
  BookingId booking;
  std::string reason;  ///< The run's.
};

/// The runs that were cancelled, as the record has them.
class CancelledRuns {
 public:
  virtual ~CancelledRuns() = default;

  /// Cancels a run, with its answer: from then on no claim of its places is committed, and its sale
  /// stays closed. One that is cancelled already stays so, for its first reason. Refuses
  /// kRunNotFound, kRunDeparted.
  virtual async::Task<CancelledAnswer> Cancel(RunToCancel wanted, Mutation<CancelledRun> mutation,
                                              absl::Time now) = 0;

  /// How far a cancellation is. Refuses kRunNotCancelled.
  virtual async::Task<CancelledRun> Find(RunId run) = 0;

  /// Demands that still wait for cancelled runs.
  virtual async::Task<std::vector<DemandId>> WaitingDemands(int limit) = 0;

  /// Bookings that still have places on cancelled runs.
  virtual async::Task<std::vector<BookingLeft>> BookingsLeft(int limit) = 0;

  /// Forgets cancellations of which nothing is left and to which nothing new can come; to be called
  /// when WaitingDemands and BookingsLeft had nothing.
  virtual async::Task<void> ForgetDone(absl::Time now) = 0;
};

}  // namespace houbu::slot
