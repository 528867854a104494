/// Effects of orders as calls to slot, payment and notification.
#pragma once

#include <string>

#include "absl/time/time.h"

#include "libs/postgres/unit_of_work.h"
#include "services/waitlist/domain/life.h"

namespace houbu::waitlist {

/// Turns an effect into the call that makes it happen. `id` is the call's request_id. Calls about
/// one demand, and calls to one service about the order as a whole, happen in order; others do not
/// wait for each other.
postgres::OutboxCall CallOf(const Order& order, const Effect& effect, std::string id,
                            absl::Time now);

}  // namespace houbu::waitlist
