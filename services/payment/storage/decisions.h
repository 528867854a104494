/// Writes decisions of proposals.
#pragma once

#include "libs/async/task.h"
#include "libs/postgres/unit_of_work.h"
#include "services/payment/domain/proposal.h"

namespace houbu::payment {

/// Keeps a decision within a unit of work, which it gives back; kProposalDecided when the proposal
/// is not open any more.
async::Task<postgres::UnitOfWork> Decide(postgres::UnitOfWork work, Proposal decided);

}  // namespace houbu::payment
