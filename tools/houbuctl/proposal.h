/// `houbuctl proposal`: what one person proposes and another one decides.
#pragma once

#include <nlohmann/json.hpp>

#include "tools/houbuctl/session.h"

#include "houbu/payment/v1/reconciliation.grpc.pb.h"

namespace houbu::ctl {

/// Adds `proposal refund`, `proposal list`, `proposal approve` and `proposal reject`.
void AddProposal(CLI::App& app, Session& session, std::vector<Command>& commands);

/// Shows a proposal, or says on stderr why there is none.
Exit ShowProposal(const Session& session, const absl::StatusOr<payment::v1::Proposal>& proposal);

}  // namespace houbu::ctl
