/// `houbuctl payment refunds`: how far the refunds of a batch are, e.g. all of a cancelled run.
#pragma once

#include <vector>

#include "tools/houbuctl/session.h"

namespace houbu::ctl {

/// Adds `payment refunds` to the topic `payment`.
void AddRefunds(CLI::App& topic, Session& session, std::vector<Command>& commands);

}  // namespace houbu::ctl
