/// What may be waited for, and what it costs in advance.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"
#include "services/waitlist/domain/order.h"

namespace houbu::waitlist {

/// The account has a live order already (W-03).
inline constexpr Refusal kLiveOrderExists{
    absl::StatusCode::kFailedPrecondition, "LIVE_ORDER_EXISTS",
    "One waitlist order may be live at a time: terminate it or wait until it is done."};

/// Places are left for the whole party, so there is nothing to wait for.
inline constexpr Refusal kPlacesAvailable{absl::StatusCode::kFailedPrecondition, "PLACES_AVAILABLE",
                                          "Places are left for all: book them instead."};

/// Another account's order, or none.
inline constexpr Refusal kOrderNotFound{absl::StatusCode::kNotFound, "ORDER_NOT_FOUND",
                                        "There is no such order."};

/// How long after the pay window an order still waits to hear of a payment made within it: a
/// provider's callback takes its time, and what counts is when the money was paid (W-04).
inline constexpr absl::Duration kCallbackGrace = absl::Seconds(30);

/// What an operator may set (profile `seed`, X-14).
struct WaitlistPolicy {
  int days_max = 2;             ///< Boarding days of one order; they are adjacent (W-03).
  int choices_per_day_max = 2;  ///< Choices for each of them (W-03).
  absl::Duration pay_window = absl::Minutes(30);  ///< W-04.
  absl::Duration closes_before = absl::Hours(2);  ///< The latest deadline before departure.
};

/// The wishes of an order, quoted, and who travels: what the rules look at.
struct Application {
  std::vector<Choice> choices;
  std::vector<Traveller> travellers;
  absl::Time deadline = absl::InfiniteFuture();  ///< InfiniteFuture asks for the latest.
};

/// Checks the shape of an order before slot is asked: how many choices, none twice (W-03). Names
/// every field that is wrong.
absl::Status CheckWishes(const std::vector<Wish>& wishes, const WaitlistPolicy& policy);

/// Checks what needs slot's quotes: one origin and one destination city, adjacent days, choices a
/// day, not departed, the deadline (W-03); nothing to wait for while places are left.
absl::Status CheckApplication(const Application& application, absl::Time now,
                              const WaitlistPolicy& policy);

/// The latest deadline: `closes_before` before the last choice departs.
absl::Time LatestDeadline(const std::vector<Choice>& choices, const WaitlistPolicy& policy);

/// The prepayment: the dearest choice times the travellers (W-06).
absl::StatusOr<Money> PrepaymentOf(const std::vector<Choice>& choices, std::size_t travellers);

}  // namespace houbu::waitlist
