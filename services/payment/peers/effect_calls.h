/// Effects as calls to other services.
#pragma once

#include "libs/postgres/unit_of_work.h"
#include "services/payment/app/ports.h"
#include "services/payment/domain/effect.h"

namespace houbu::payment {

/// Returns the call that makes `effect`: PaymentListenerService.OnPaymentSucceeded at the opener,
/// or NotificationService.SendMessage. Its id follows from the effect's key, so it acts once.
postgres::OutboxCall EncodeCall(const Effect& effect, const Commitment& commitment);

}  // namespace houbu::payment
