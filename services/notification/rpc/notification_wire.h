/// Notification's values on the wire, both ways.
#pragma once

#include "absl/status/statusor.h"

#include "services/notification/app/message_intake.h"
#include "services/notification/domain/contact.h"
#include "services/notification/domain/delivery.h"
#include "services/notification/domain/message.h"

#include "houbu/notification/v1/notification.pb.h"

namespace houbu::notification {

/// Reads addresses; every malformed field is named.
absl::Status Check(const v1::UpdateContactRequest& request);

/// Reads an owner's choice; every malformed field is named.
absl::StatusOr<Preferences> FromWire(const v1::UpdatePreferencesRequest& request);

/// Reads news; every malformed field is named.
absl::StatusOr<News> FromWire(const v1::SendMessageRequest& request);

/// Reads a code; every malformed field is named.
absl::StatusOr<CodeDispatch> FromWire(const v1::SendCodeRequest& request);

/// Reads the state deliveries are filtered by; nothing for all.
std::optional<DeliveryState> FromWire(v1::Delivery::State state);

/// Writes a contact, addresses masked.
v1::Contact ToWire(const Contact& contact);

/// Writes a message.
v1::Message ToWire(const Message& message);

/// Writes a delivery, without recipient and text.
v1::Delivery ToWire(const Delivery& delivery);

}  // namespace houbu::notification
