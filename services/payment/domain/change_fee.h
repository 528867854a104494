/// What changing a ticket to another train costs.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/base/money.h"
#include "services/payment/domain/fee_policy.h"

namespace houbu::payment {

/// The facts a change's fees depend on. Fees are taken per ticket.
struct ChangeFacts {
  Money fare;      ///< Of one ticket as it is.
  Money new_fare;  ///< Of one ticket as it will be, in the same currency.
  int tickets = 1;
  absl::Time departure_time;      ///< Of the train that is given up.
  absl::Time new_departure_time;  ///< Of the train that is taken.
  absl::CivilDay travel_day;      ///< The day of `departure_time` in the railway's own zone.
  absl::CivilDay new_travel_day;  ///< The day of `new_departure_time`, likewise.
  absl::Time change_time;
};

/// What a change costs, of all tickets.
struct ChangeQuote {
  Money fee;             ///< For changing.
  Money difference_fee;  ///< Kept of the difference of a cheaper fare.
  Money due;             ///< To be paid: the difference of a dearer fare and the fee, or nothing.
  Money refund;          ///< To come back: the difference of a cheaper fare less both fees.
  std::string tier;  ///< The tier of the change that spoke; SAME_DAY where the day makes it free.
  absl::Time holds_until;  ///< From then on another tier may speak; the departure at the end.
  std::string policy;      ///< The id of the policy that spoke.
  /// What a refund of the changed ticket must be told later.
  bool into_spring_festival = false;
  /// Whether it leaves later than the train given up: then its refund must be told how much time
  /// was left to that train.
  bool later = false;
};

/// Returns what `policy` asks for a change. Times are cut to whole seconds first. Refuses
/// kCurrencyMismatch, kAmountOverflow.
absl::StatusOr<ChangeQuote> AssessChange(const FeePolicy& policy, const ChangeFacts& facts);

}  // namespace houbu::payment
