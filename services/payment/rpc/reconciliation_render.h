/// Reconciliations, cases and proposals on the wire.
#pragma once

#include <string>

#include "services/payment/domain/proposal.h"
#include "services/payment/domain/reconciliation.h"
#include "services/payment/domain/reconciliation_case.h"

#include "houbu/payment/v1/reconciliation.pb.h"

namespace houbu::payment {

/// A reconciliation.
v1::Reconciliation Render(const Reconciliation& reconciliation);
/// A case.
v1::Case Render(const Case& shown);
/// A proposal.
v1::Proposal Render(const Proposal& proposal);

/// A reconciliation's bytes, to be stored as an answer.
std::string RenderReconciliationBytes(const Reconciliation& reconciliation);
/// A proposal's bytes, to be stored as an answer.
std::string RenderProposalBytes(const Proposal& proposal);

}  // namespace houbu::payment
