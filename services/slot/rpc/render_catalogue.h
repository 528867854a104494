/// Answers of the catalogue as they go over the wire.
#pragma once

#include "services/slot/app/journey_search.h"

#include "houbu/slot/v1/slot.pb.h"

namespace houbu::slot {

/// A train over a stretch.
v1::Journey Render(const JourneyOffer& offer);

/// A run.
v1::Run Render(const RunOffer& offer);

}  // namespace houbu::slot
