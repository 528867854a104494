/// `houbuctl payment`: what refunds and changes of train would cost.
#pragma once

#include <vector>

#include "tools/houbuctl/session.h"

namespace houbu::ctl {

/// Adds `payment quote-refund` and `payment quote-change`.
void AddPayment(CLI::App& app, Session& session, std::vector<Command>& commands);

}  // namespace houbu::ctl
