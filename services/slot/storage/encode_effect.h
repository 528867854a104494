/// How effects become calls.
#pragma once

#include <functional>

#include "libs/postgres/unit_of_work.h"
#include "services/slot/app/change.h"

namespace houbu::slot {

/// Turns an effect into the call that brings it about; made in peers/.
using EncodeEffect =
    std::function<postgres::OutboxCall(const Effect& effect, const EffectContext& context)>;

}  // namespace houbu::slot
