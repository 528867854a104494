/// Effects as calls: what each effect asks of which service.
#pragma once

#include "libs/postgres/unit_of_work.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Makes the outbox call that brings the effect about. Its id, and so its request_id, is derived
/// from the context's seed: the same effect is the same call for ever.
postgres::OutboxCall EncodeEffectCall(const Effect& effect, const EffectContext& context);

}  // namespace houbu::slot
