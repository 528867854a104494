/// Booking: holding places for a party until they are paid.
#pragma once

#include <string>
#include <vector>

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "services/slot/app/placement.h"
#include "services/slot/app/ports.h"
#include "services/slot/domain/position.h"

namespace houbu::slot {

/// What is asked for.
struct BookingWish {
  Origin origin;
  RunId run;
  ClassCode class_code;
  std::string from;  ///< A station's id.
  std::string to;    ///< A station's id; for a window the same one.
  SignedStatement statement;
  std::string destination_country;
  std::vector<Position> positions;  ///< Where one of the party would like to be; empty for any.
};

/// Makes bookings.
class BookingCreation final {
 public:
  /// Both references must outlive this.
  BookingCreation(BookingTools tools, const StatementCheck& statements)
      : tools_(tools), statements_(statements), placement_(tools) {}

  /// Holds places, all or none; gives the stored answer. A request sent again gets the answer it
  /// got before, whatever has become of the run, the sale or the statement since. Refuses the
  /// STATEMENT_ reasons, kRunNotFound, kClassUnknown, kStretchUnknown, kRunDeparted, kSaleNotOpen,
  /// kOutsideBookingPeriod, and what Placement::Book refuses. A position the class does not have is
  /// a mistake; one of which nothing is free is no reason to refuse.
  async::Task<std::string> Create(BookingWish wish, Mutation<Booking> mutation);

 private:
  async::Task<std::string> Attempt(BookingWish wish, Mutation<Booking> mutation);

  BookingTools tools_;
  const StatementCheck& statements_;
  Placement placement_;
};

/// The letters of a class for what is wished for; refuses, naming `positions`, what it does not
/// have.
absl::StatusOr<std::string> LettersFor(const RunClass& run_class,
                                       const std::vector<Position>& wishes);

/// Checks that the party can be booked: 1 to 9 travellers, nobody twice.
absl::Status CheckParty(const std::vector<Traveller>& travellers);

}  // namespace houbu::slot
