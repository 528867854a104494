/// `houbuctl travel`: what a new travel policy does to trips that people have planned.
#pragma once

#include <vector>

#include "tools/houbuctl/session.h"

namespace houbu::ctl {

/// Adds `travel compare`.
void AddTravel(CLI::App& app, Session& session, std::vector<Command>& commands);

}  // namespace houbu::ctl
