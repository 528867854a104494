/// `houbuctl staff`: who of the operators may do what.
#pragma once

#include "tools/houbuctl/session.h"

namespace houbu::ctl {

/// Adds `staff list`, `staff grant` and `staff revoke`.
void AddStaff(CLI::App& app, Session& session, std::vector<Command>& commands);

}  // namespace houbu::ctl
