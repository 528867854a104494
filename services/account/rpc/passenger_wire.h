/// Passengers and their documents on the wire, both ways.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

#include "services/account/app/passenger_list.h"
#include "services/account/domain/passenger.h"

#include "houbu/account/v1/passenger.pb.h"

namespace houbu::account {

/// Reads a passenger as it was given; every malformed field is named.
absl::StatusOr<Entry> FromWire(const v1::CreatePassengerRequest& request);

/// Reads a change; every malformed field is named.
absl::StatusOr<PassengerChange> FromWire(const v1::UpdatePassengerRequest& request);

/// Reads a document as it was given; every malformed field is named.
absl::StatusOr<DocumentEntry> FromWire(const v1::AddPassengerDocumentRequest& request);

/// Writes a kind of document.
v1::DocumentType ToWire(DocumentType type);

/// Writes a passenger, names and numbers masked, documents as they stand on `today`.
v1::Passenger ToWire(const Passenger& passenger, absl::CivilDay today);

}  // namespace houbu::account
