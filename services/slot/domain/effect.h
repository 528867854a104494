/// Effects: what must happen in other services because of a change here. An effect is committed
/// together with its cause and carried out afterwards, exactly once in its outcome.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>

#include "absl/time/time.h"

#include "libs/base/money.h"
#include "services/slot/domain/booking.h"
#include "services/slot/domain/demand.h"

namespace houbu::slot {

/// A payment is to be opened for a booking.
struct PaymentWanted {
  BookingId booking;
  std::string payment;  ///< "payments/pm-...", chosen by us.
  std::string account;
  Money amount;
  absl::Time expires_at;
  RunKind kind = RunKind::kTrain;
};

/// A payment nobody shall pay any more is to be closed.
struct PaymentUnwanted {
  BookingId booking;
  std::string payment;
};

/// Why money goes back.
enum class RefundCause {
  kCancelled,  ///< The owner cancelled: less the fee of the policy (W-13).
  kLate,       ///< It came too late to be used: whole.
};

/// What the refund fee depends on (W-13).
struct FareFacts {
  RunKind kind = RunKind::kTrain;
  Money fare;  ///< Of one ticket.
  int tickets = 1;
  absl::Time departs_at;
  absl::Time cancelled_at;
};

/// Money is to go back.
struct RefundWanted {
  BookingId booking;
  std::string payment;
  RefundCause cause = RefundCause::kCancelled;
  std::optional<FareFacts> facts;  ///< Without them everything goes back.
  std::string batch = {};          ///< What it belongs to, a run's name; mostly "".
};

/// What somebody is told.
enum class Notice { kBooked, kCancelled, kRebooked };

/// Somebody is to be told.
struct MessageWanted {
  BookingId booking;
  std::string account;
  Notice notice = Notice::kBooked;
  std::map<std::string, std::string> parameters;  ///< number, title, date, from, to, ...
  absl::Time at;
};

/// The listener is to be asked whether it takes the places found for a demand.
struct MatchFound {
  DemandId demand;
  std::string order;
  BookingId booking;
  Money total;
};

/// The listener is to be told that a demand can never be served.
struct DemandLost {
  DemandId demand;
  std::string order;
  std::string reason;
};

/// Whoever watches over accounts is to be told that an owner cancelled a booking that stood.
struct OwnerCancelled {
  BookingId booking;
  std::string account;
  absl::Time at;
};

/// Any of them.
using Effect = std::variant<PaymentWanted, PaymentUnwanted, RefundWanted, MessageWanted, MatchFound,
                            DemandLost, OwnerCancelled>;

/// The payment to be opened for a held booking.
PaymentWanted PaymentFor(const Booking& booking);

/// The refund of a cancelled booking by the policy of its product.
RefundWanted RefundFor(const Booking& booking, absl::Time cancelled_at);

/// The refund of a booking whose run was cancelled: whole, with the others of the run.
RefundWanted RefundWithRun(const Booking& booking);

/// The message about a booking: BOOKED or REBOOKED when it stands, CANCELLED when it does not.
MessageWanted MessageFor(const Booking& booking, Notice notice, absl::Time at);

/// The notice a booking that now stands is told by: it was booked, or booked again.
Notice StandingNoticeOf(const Booking& booking);

}  // namespace houbu::slot
