/// Requests read and checked: each function notes what is wrong, so that a caller hears it all.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "libs/base/refusal.h"
#include "libs/rpc/call.h"
#include "services/slot/app/booking_creation.h"
#include "services/slot/app/demand_line.h"
#include "services/slot/app/ports.h"

#include "houbu/slot/v1/slot.pb.h"

namespace houbu::slot {

/// Who asks.
Origin OriginOf(const rpc::Call& call);

/// A booking's id out of "bookings/{booking}".
BookingId ParseBookingName(Violations& violations, absl::string_view field, absl::string_view name);

/// A run's id out of "runs/{run}".
RunId ParseRunName(Violations& violations, absl::string_view field, absl::string_view name);

/// A demand's id out of "demands/{demand}".
DemandId ParseDemandName(Violations& violations, absl::string_view field, absl::string_view name);

/// The statement as it came; whether it holds is found out later.
SignedStatement ParseStatement(Violations& violations, bool set,
                               const type::v1::SignedStatement& wire);

/// What is to be booked.
BookingWish ParseBookingWish(Violations& violations, const v1::CreateBookingRequest& request);

/// What a demand asks for.
DemandWish ParseDemandSpec(Violations& violations, bool set, const v1::DemandSpec& wire);

/// The demand to be enlisted.
Enlistment ParseEnlistment(Violations& violations, const v1::EnlistDemandRequest& request);

/// Which bookings are to be listed, page and all but the token.
BookingFilter ParseFilter(Violations& violations, const v1::ListBookingsRequest& request);

}  // namespace houbu::slot
