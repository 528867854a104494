/// The rows of a batch that nothing refuses: bookings, demands, places, history, allocations.
#pragma once

#include <vector>

#include "libs/postgres/pipeline.h"
#include "services/slot/storage/change_keys.h"
#include "services/slot/storage/change_sums.h"

namespace houbu::slot {

/// Adds the rows of new bookings, of all their places and steps.
void AddNewBookings(postgres::Pipeline& pipeline, const std::vector<const Booking*>& bookings);

/// Adds the steps of bookings that were updated; those that are there stay as they are.
void AddNewSteps(postgres::Pipeline& pipeline, const std::vector<const Booking*>& bookings);

/// Replaces units, coaches and numbers of bookings that found other places.
void ReplacePlaces(postgres::Pipeline& pipeline, const std::vector<const Booking*>& bookings);

/// Adds the travellers of new demands.
void AddDemandTravellers(postgres::Pipeline& pipeline, const std::vector<const Demand*>& demands);

/// Adds allocations.
void AddAllocations(postgres::Pipeline& pipeline, const std::vector<BatchClaim>& taken);

}  // namespace houbu::slot
