/// The life of an order: what may happen to it, and what each step causes elsewhere. Pure: a step
/// takes an order and gives it back changed, with effects that commit together with it.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "libs/base/money.h"
#include "services/waitlist/domain/order.h"
#include "services/waitlist/domain/rules.h"

namespace houbu::waitlist {

/// The prepayment is opened at payment.
struct PaymentOpened {};
/// The payment is closed: nobody shall pay it any more.
struct PaymentClosed {};
/// Everything paid goes back (W-08); late money too (W-04).
struct PaymentReturned {
  bool late = false;
};
/// The fare is kept and the difference goes back (W-07).
struct PaymentSettled {};
/// A choice joins the line.
struct DemandEnlisted {
  std::size_t choice;
};
/// A choice leaves the line.
struct DemandWithdrawn {
  std::size_t choice;
};
/// The owner is told where the order stands now (W-09).
struct OwnerTold {};

/// What a step causes elsewhere.
using Effect = std::variant<PaymentOpened, PaymentClosed, PaymentReturned, PaymentSettled,
                            DemandEnlisted, DemandWithdrawn, OwnerTold>;

/// An order after a step, and what the step causes.
struct Step {
  Order order;
  std::vector<Effect> effects;
};

/// Who opens an order, under which ids.
struct Opening {
  OrderId id;
  std::string account;
  std::string payment;
  Application application;  ///< Its choices already carry their demands' ids.
};

/// Opens an order; its prepayment is due within the pay window (W-04, W-06). One that costs nothing
/// is effective at once.
absl::StatusOr<Step> Open(Opening opening, absl::Time now, const WaitlistPolicy& policy);

/// Money arrived, paid at `paid_at` by the provider's clock. In time: effective as of that instant
/// and in line (W-05). Else all of it goes back (W-04).
Step Pay(Order order, absl::Time paid_at);

/// Slot found places. Taken only while the order waits: the order is served by them, the other
/// choices leave the line, the difference goes back, once (W-07). Nothing when declined: also when
/// the run has left meanwhile, or costs more than was prepaid.
struct Found {
  std::string demand;   ///< "dm-...".
  std::string booking;  ///< "bookings/bk-...".
  Money total;
};
std::optional<Step> Serve(Order order, const Found& found, absl::Time now);

/// A choice can never be served. The order ends with its last choice (W-11, W-15). Nothing when it
/// changes nothing.
std::optional<Step> FailChoice(Order order, absl::string_view demand, EndReason reason,
                               absl::Time now);

/// The owner ends the order (W-08); ended orders stay as they are: nothing.
std::optional<Step> Terminate(Order order, absl::Time now);

/// Time passed: an unpaid order lapses kCallbackGrace after its pay window, a waiting one fails at
/// its deadline (W-04, W-08). Nothing while neither has come.
std::optional<Step> Expire(Order order, absl::Time now);

}  // namespace houbu::waitlist
