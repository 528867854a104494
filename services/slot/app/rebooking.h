/// Rebooking: after a cancellation, the same persons book again; everything the old booking knew is
/// pre-filled, the new one has a number of its own, and each knows the other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "services/slot/app/placement.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// What booking again would take.
struct RebookingPreview {
  Booking booking;
  std::vector<std::string> missing;  ///< Fields the request must still bring.
  WindowDay day;                     ///< Windows of the day, or others with room.
  Money total;                       ///< For all passengers.
};

/// What is asked for.
struct RebookingWish {
  Origin origin;
  BookingId booking;  ///< The cancelled one.
  RunId run;          ///< The new run.
  SignedStatement statement;
};

/// Books again.
class Rebooking final {
 public:
  /// Everything must outlive this.
  Rebooking(BookingTools tools, const StatementCheck& statements, WindowFinder& windows)
      : tools_(tools), statements_(statements), windows_(windows), placement_(tools) {}

  /// Shows what there is on `day`, by default on the cancelled booking's own. Refuses
  /// kBookingNotFound, kNotCancelled, kAlreadyRebooked.
  async::Task<RebookingPreview> Preview(Origin origin, BookingId booking,
                                        std::optional<absl::CivilDay> day);

  /// Books the new run in the same class, for the same persons and destination; gives the stored
  /// answer. Refuses as Preview, as BookingCreation::Create, and kOtherTravellers.
  async::Task<std::string> Rebook(RebookingWish wish, Mutation<Booking> mutation);

 private:
  async::Task<Booking> LoadCancelled(Origin origin, BookingId id);

  BookingTools tools_;
  const StatementCheck& statements_;
  WindowFinder& windows_;
  Placement placement_;
};

}  // namespace houbu::slot
