/// `houbuctl ledger`: whether the books agree, and what was posted for a payment.
#pragma once

#include <vector>

#include "tools/houbuctl/session.h"

namespace houbu::ctl {

/// Adds `ledger check` and `ledger show`.
void AddLedger(CLI::App& app, Session& session, std::vector<Command>& commands);

}  // namespace houbu::ctl
