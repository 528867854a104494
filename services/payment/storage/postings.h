/// Writes transactions of the ledger.
#pragma once

#include "libs/async/task.h"
#include "libs/postgres/unit_of_work.h"
#include "services/payment/domain/ledger.h"

namespace houbu::payment {

/// Posts within a unit of work, which it gives back.
async::Task<postgres::UnitOfWork> Post(postgres::UnitOfWork work, LedgerTransaction posting);

}  // namespace houbu::payment
