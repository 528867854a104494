/// `houbuctl demand`: who waits in the line, and why.
#pragma once

#include <vector>

#include "tools/houbuctl/session.h"

namespace houbu::ctl {

/// Adds `demand explain`.
void AddDemand(CLI::App& app, Session& session, std::vector<Command>& commands);

}  // namespace houbu::ctl
