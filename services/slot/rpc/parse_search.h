/// Searches read and checked: everything that is wrong with one is named at once.
#pragma once

#include <string>

#include "libs/base/refusal.h"
#include "services/slot/app/journey_offers.h"
#include "services/slot/app/ports.h"

#include "houbu/slot/v1/slot.pb.h"

namespace houbu::slot {

/// What a page token of a search is good for: the same search only.
std::string ListKeyOf(const v1::SearchJourneysRequest& request);

/// The trains that are looked for.
JourneyQuery ParseSearch(Violations& violations, const v1::SearchJourneysRequest& request);

/// The windows that are looked for.
WindowQuery ParseSearch(Violations& violations, const v1::SearchWindowsRequest& request);

}  // namespace houbu::slot
