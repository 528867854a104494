/// Account's values on the wire, both ways.
#pragma once

#include "absl/status/statusor.h"

#include "services/account/app/passenger_list.h"
#include "services/account/app/statements.h"
#include "services/account/domain/account.h"

#include "houbu/account/v1/account.pb.h"
#include "houbu/account/v1/passenger.pb.h"
#include "houbu/type/v1/statement.pb.h"

namespace houbu::account {

/// Reads a passenger's fields into normal form; every malformed field is named.
absl::StatusOr<Entry> FromWire(const v1::CreatePassengerRequest& request);

/// Writes an account, its phone masked.
v1::Account ToWire(const Account& account);

/// Writes a passenger, name and number masked.
v1::Passenger ToWire(const Passenger& passenger);

/// Writes what a statement says.
type::v1::TravelStatement ToWire(const Vouching& vouching, type::v1::Purpose purpose);

}  // namespace houbu::account
