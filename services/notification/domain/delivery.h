/// Deliveries: one message on its way over one channel.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "services/notification/domain/contact.h"

namespace houbu::notification {

/// Where a delivery stands. Only kPending moves.
enum class DeliveryState { kPending, kDelivered, kUndeliverable };

/// The name under which a state is kept: "PENDING".
absl::string_view DeliveryStateName(DeliveryState state);

/// How long an undelivered message is tried (W-09n).
struct DeliveryPolicy {
  int attempts_max = 12;
  absl::Duration backoff_first = absl::Seconds(1);
  absl::Duration backoff_max = absl::Minutes(30);
};

/// One message on its way over one channel. The recipient and the body may be personal: storage
/// keeps both encrypted.
struct Delivery {
  std::string id;       ///< "dl-..."; also what the channel is told, so that repeats are one.
  std::string message;  ///< "accounts/ac-.../messages/ms-..."; empty for a one-time code.
  Channel channel = Channel::kSms;
  std::string recipient;  ///< A phone number or an address.
  std::string title;
  std::string body;
  std::string language;
  DeliveryState state = DeliveryState::kPending;
  int attempts = 0;
  std::string last_error;
  absl::Time created_at;
  absl::Time due_at;
  absl::Time delivered_at = absl::InfiniteFuture();
  std::int64_t position = 0;  ///< Its place among all deliveries; grows.
};

/// The identifier a channel sees, the same over every repeat: "dl-...@houbu.example".
std::string MessageIdOf(const Delivery& delivery);

/// The channel took it.
Delivery Delivered(Delivery delivery, absl::Time now);

/// The channel did not take it: tried again later, each time after twice the pause, or given up
/// when the channel refused it for good or the policy's attempts are used up.
Delivery NotDelivered(Delivery delivery, const absl::Status& failure, absl::Time now,
                      const DeliveryPolicy& policy);

}  // namespace houbu::notification
