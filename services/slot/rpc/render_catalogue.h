/// Answers of the catalogue as they go over the wire, written into messages that stand in the
/// answer's own memory.
#pragma once

#include "services/slot/app/journey_search.h"
#include "services/slot/app/ports.h"

#include "houbu/slot/v1/slot.pb.h"

namespace houbu::slot {

/// A page of journeys, but for the token of the next.
void Render(const JourneyPage& page, v1::SearchJourneysResponse& wire);

/// The windows of a day.
void Render(const WindowDay& day, v1::SearchWindowsResponse& wire);

/// A run.
v1::Run Render(const RunOffer& offer);

/// How a class stands.
v1::Run::Class::State Render(OfferState state);

}  // namespace houbu::slot
