/// What other services answered to our calls, in our own words.
#pragma once

#include <string>

#include "absl/status/statusor.h"

#include "services/slot/domain/booking.h"
#include "services/slot/domain/demand.h"

namespace houbu::slot {

/// The method that opens a payment.
inline constexpr char kCreatePaymentMethod[] = "/houbu.payment.v1.PaymentService/CreatePayment";

/// The method that asks the listener about a match.
inline constexpr char kOnMatchMethod[] = "/houbu.slot.v1.MatchListenerService/OnMatch";

/// The listener's word on a match.
struct Verdict {
  DemandId demand;
  bool accepted = false;
};

/// The booking whose payment was opened by this request; INTERNAL when the bytes are none.
absl::StatusOr<BookingId> OpenedPaymentOf(const std::string& request);

/// The verdict in this request and its answer; INTERNAL when the bytes are none, or say nothing.
absl::StatusOr<Verdict> VerdictOf(const std::string& request, const std::string& answer);

}  // namespace houbu::slot
