/// Waitlist's values on the wire, both ways.
#pragma once

#include "absl/status/statusor.h"

#include "services/waitlist/app/order_placement.h"
#include "services/waitlist/domain/explanation.h"
#include "services/waitlist/domain/order.h"

#include "houbu/type/v1/statement.pb.h"
#include "houbu/waitlist/v1/waitlist.pb.h"

namespace houbu::waitlist {

/// Reads what an order asks for; every malformed field is named. Who travels comes from the
/// statement, not from here.
absl::StatusOr<Placement> FromWire(const v1::CreateOrderRequest& request);

/// Reads who travels out of a verified statement.
std::vector<Traveller> FromWire(const type::v1::TravelStatement& statement);

/// Writes an order.
v1::Order ToWire(const Order& order);

/// Writes why an order is not served yet.
v1::OrderExplanation ToWire(const OrderExplanation& explanation);

}  // namespace houbu::waitlist
