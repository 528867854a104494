/// Booking: holding places for a party until they are paid.
#pragma once

#include <string>

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "services/slot/app/placement.h"
#include "services/slot/app/ports.h"

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
  /// kOutsideBookingPeriod, and what Placement::Book refuses.
  async::Task<std::string> Create(BookingWish wish, Mutation<Booking> mutation);

 private:
  async::Task<std::string> Attempt(BookingWish wish, Mutation<Booking> mutation);

  BookingTools tools_;
  const StatementCheck& statements_;
  Placement placement_;
};

/// Checks that the party can be booked: 1 to 9 travellers, nobody twice.
absl::Status CheckParty(const std::vector<Traveller>& travellers);

}  // namespace houbu::slot
