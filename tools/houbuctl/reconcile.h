/// `houbuctl reconcile`: what providers say against what is booked, and the cases people close.
#pragma once

#include "tools/houbuctl/session.h"

namespace houbu::ctl {

/// Adds `reconcile run`, `reconcile list`, `reconcile cases` and `reconcile close`.
void AddReconcile(CLI::App& app, Session& session, std::vector<Command>& commands);

}  // namespace houbu::ctl
