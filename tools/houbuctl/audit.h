/// `houbuctl audit`: the audit log, and whether anybody touched it.
#pragma once

#include "tools/houbuctl/session.h"

namespace houbu::ctl {

/// Adds `audit list`, `audit heads` and `audit verify`.
void AddAudit(CLI::App& app, Session& session, std::vector<Command>& commands);

}  // namespace houbu::ctl
