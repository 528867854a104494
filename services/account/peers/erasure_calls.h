/// What follows when an erasure comes to a state, as calls to other services.
#pragma once

#include <vector>

#include "absl/time/time.h"

#include "libs/base/id.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/domain/erasure.h"

namespace houbu::account {

/// The owner is told of one that was asked for, taken back or given up; every service that keeps
/// something personal is told of one that is done. Each call is a lane of its own.
std::vector<postgres::OutboxCall> CallsOf(const Erasure& erasure, IdSource& ids, absl::Time now);

}  // namespace houbu::account
