#include "services/notification/domain/delivery.h"

#include <catch2/catch.hpp>

namespace houbu::notification {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);

TEST_CASE("an undelivered message is tried again after doubling pauses", "[notification][W-09n]") {
  DeliveryPolicy policy;
  policy.attempts_max = 4;
  policy.backoff_first = absl::Seconds(1);
  policy.backoff_max = absl::Seconds(3);
  const absl::Status away = absl::UnavailableError("away");
  Delivery delivery = NotDelivered(Delivery(), away, kNow, policy);
  CHECK(delivery.due_at == kNow + absl::Seconds(1));
  CHECK(delivery.last_error == "UNAVAILABLE");
  delivery = NotDelivered(delivery, away, kNow, policy);
  CHECK(delivery.due_at == kNow + absl::Seconds(2));
  delivery = NotDelivered(delivery, away, kNow, policy);
  CHECK(delivery.due_at == kNow + absl::Seconds(3));
  CHECK(delivery.state == DeliveryState::kPending);
  delivery = NotDelivered(delivery, away, kNow, policy);
  CHECK(delivery.state == DeliveryState::kUndeliverable);
  CHECK(delivery.attempts == 4);
}

TEST_CASE("what a channel refuses for good is kept and not tried again", "[notification][W-09n]") {
  constexpr Refusal kRefused{absl::StatusCode::kFailedPrecondition, "SMS_REFUSED", "No."};
  const Delivery delivery = NotDelivered(Delivery(), Refuse(kRefused), kNow, DeliveryPolicy());
  CHECK(delivery.state == DeliveryState::kUndeliverable);
  CHECK(delivery.last_error == "SMS_REFUSED");
}

TEST_CASE("the channel sees one message id over every repeat", "[notification][W-09n]") {
  Delivery delivery;
  delivery.id = "dl-1";
  const std::string id = MessageIdOf(delivery);
  CHECK(MessageIdOf(NotDelivered(delivery, absl::UnavailableError(""), kNow, {})) == id);
  CHECK(MessageIdOf(Delivered(delivery, kNow)) == id);
}

}  // namespace
}  // namespace houbu::notification
