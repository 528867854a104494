#include "services/notification/domain/delivery.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace houbu::notification {

absl::string_view DeliveryStateName(DeliveryState state) {
  switch (state) {
    case DeliveryState::kPending:
      return "PENDING";
    case DeliveryState::kDelivered:
      return "DELIVERED";
    case DeliveryState::kUndeliverable:
      return "UNDELIVERABLE";
  }
  return "";
}

std::string MessageIdOf(const Delivery& delivery) {
  return absl::StrCat(delivery.id, "@houbu.example");
}

Delivery Delivered(Delivery delivery, absl::Time now) {
  delivery.state = DeliveryState::kDelivered;
  delivery.attempts += 1;
  delivery.delivered_at = now;
  delivery.last_error.clear();
  return delivery;
}

Delivery NotDelivered(Delivery delivery, const absl::Status& failure, absl::Time now,
                      const DeliveryPolicy& policy) {
  delivery.attempts += 1;
  delivery.last_error = std::string(ReasonOf(failure));
  if (delivery.last_error.empty()) {
    delivery.last_error = absl::StatusCodeToString(failure.code());
  }
  const bool refused = failure.code() == absl::StatusCode::kFailedPrecondition ||
                       failure.code() == absl::StatusCode::kInvalidArgument;
  if (refused || delivery.attempts >= policy.attempts_max) {
    delivery.state = DeliveryState::kUndeliverable;
    return delivery;
  }
  const int doublings = std::min(delivery.attempts - 1, 20);
  const absl::Duration pause = policy.backoff_first * static_cast<double>(1 << doublings);
  delivery.due_at = now + std::min(pause, policy.backoff_max);
  return delivery;
}

}  // namespace houbu::notification
