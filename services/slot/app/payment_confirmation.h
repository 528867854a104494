/// Payment of a booking: money arrived, so the places are theirs; or it came too late, and they
/// get places again if there is room, else their money back, whole.
#pragma once

#include <string>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "services/slot/app/placement.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// What the payment service tells.
struct PaymentArrival {
  Origin origin;
  std::string payment;  ///< "payments/pm-..."
  BookingId booking;
  Money amount;
};

/// Takes up payments.
class PaymentConfirmation final {
 public:
  /// Works with `tools`.
  explicit PaymentConfirmation(BookingTools tools) : tools_(tools), placement_(tools) {}

  /// Takes up that a payment succeeded; once, however often it is told. Refuses
  /// kBookingNotFound for a payment that is not the booking's.
  async::Task<std::string> Arrived(PaymentArrival arrival, StoredAnswer answer);

  /// Takes up that the payment service has opened the payment: HELD becomes PENDING_PAYMENT.
  async::Task<void> Opened(BookingId booking);

 private:
  async::Task<std::string> Attempt(PaymentArrival arrival, StoredAnswer answer);
  async::Task<std::string> Hear(PaymentArrival arrival, StoredAnswer answer);
  async::Task<std::string> ArrivedLate(Booking booking, PaymentArrival arrival,
                                       StoredAnswer answer);
  async::Task<std::string> Return(Booking booking, PaymentArrival arrival, StoredAnswer answer);
  async::Task<std::string> Commit(Change change, StoredAnswer answer);
  async::Task<void> OpenedOnce(BookingId booking);

  BookingTools tools_;
  Placement placement_;
};

}  // namespace houbu::slot
