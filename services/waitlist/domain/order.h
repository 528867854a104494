/// Waitlist orders: who waits for what, until when, prepaid (候补订单).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/base/id.h"
#include "libs/base/money.h"

namespace houbu::waitlist {

/// Names orders: "wo-...".
struct OrderTag {
  static constexpr char kPrefix[] = "wo";
};
/// The id of an order; its resource name is "waitlistOrders/" and the id.
using OrderId = Id<OrderTag>;

/// Where an order stands. Only the first two move.
enum class OrderState { kPendingPayment, kWaiting, kServed, kWithdrawn, kFailed, kLapsed };

/// The name under which a state is kept: "PENDING_PAYMENT".
absl::string_view OrderStateName(OrderState state);

/// Reads what OrderStateName gave; INTERNAL for anything else, since only we write it.
absl::StatusOr<OrderState> ParseOrderState(absl::string_view name);

/// Why an order, or one of its choices, ended unserved (W-11).
enum class EndReason {
  kNone,
  kNotEnoughPlaces,
  kItineraryConflict,
  kRealNameRule,
  kNotPaid,
  kOwner,
};

/// The name under which a reason is kept: "NOT_ENOUGH_PLACES"; "" for kNone.
absl::string_view EndReasonName(EndReason reason);

/// Reads what EndReasonName gave; INTERNAL for anything else, since only we write it.
absl::StatusOr<EndReason> ParseEndReason(absl::string_view name);

/// A person who travels, as account's statement names them: under a pseudonym.
struct Traveller {
  std::string key;
  std::string passenger;
  std::string masked_name;
  int type = 0;  ///< houbu.type.v1.PassengerType; nothing here decides by it.

  /// Compares all parts.
  friend bool operator==(const Traveller& a, const Traveller& b) = default;
};

/// What one choice asks for.
struct Wish {
  std::string run;  ///< "runs/...".
  std::string class_code;
  std::string from;
  std::string to;

  /// Compares all parts.
  friend bool operator==(const Wish& a, const Wish& b) = default;
};

/// What slot says of a wish.
struct Quote {
  Money fare;  ///< Of one place; sleepers: the lower berth (W-06).
  absl::Time departs_at;
  absl::CivilDay boarding_day;  ///< In the run's own zone.
  std::string origin_city;
  std::string destination_city;
  std::string display_name;
  std::string time_zone;  ///< IANA name, "Asia/Shanghai".
  int free = 0;
};

/// One choice of an order.
struct Choice {
  Wish wish;
  Quote quote;
  std::string demand;                    ///< "dm-...".
  EndReason failure = EndReason::kNone;  ///< Why it can no longer be served.
};

/// An order with all its choices: one aggregate, changed as a whole.
struct Order {
  OrderId id;
  std::int64_t version = 0;  ///< Counts the steps recorded; the next step adds one.
  std::string account;
  OrderState state = OrderState::kPendingPayment;
  EndReason end_reason = EndReason::kNone;
  std::vector<Choice> choices;
  std::vector<Traveller> travellers;
  Money prepayment;
  std::string payment;  ///< "payments/py-...".
  absl::Time created_at;
  absl::Time pay_by;
  absl::Time deadline;
  absl::Time effective_at = absl::InfiniteFuture();  ///< The provider's time of payment (W-05).
  absl::Time ended_at = absl::InfiniteFuture();
  std::string served_demand;  ///< The demand of the choice that was served; "" before.
  std::string booking;        ///< "bookings/bk-..." once served.
  Money fare_paid;
};

/// "waitlistOrders/wo-...".
std::string NameOf(const Order& order);

}  // namespace houbu::waitlist
