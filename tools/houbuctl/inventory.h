/// `houbuctl inventory`: the index of the inventory beside its record.
#pragma once

#include <vector>

#include "tools/houbuctl/session.h"

namespace houbu::ctl {

/// Adds `inventory diff`, `rebuild`, `close` and `reopen`.
void AddInventory(CLI::App& app, Session& session, std::vector<Command>& commands);

}  // namespace houbu::ctl
