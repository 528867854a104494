/// `houbuctl inventory cancel-run` and `cancellation`: a run that will not go, and how far that is.
#pragma once

#include <vector>

#include "tools/houbuctl/session.h"

namespace houbu::ctl {

/// Adds `inventory cancel-run` and `inventory cancellation` to the topic `inventory`.
void AddCancellation(CLI::App& topic, Session& session, std::vector<Command>& commands);

}  // namespace houbu::ctl
