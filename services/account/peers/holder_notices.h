/// What holders are told of checks that ended while they did something else.
#pragma once

#include "libs/postgres/unit_of_work.h"
#include "services/account/app/ports_verification.h"

namespace houbu::account {

/// Returns the call of NotificationService.SendMessage that tells the account what its check came
/// to. Nothing in it is personal: a row of the outbox may hold it (ADR 8). Its id follows from the
/// check's, so it acts once.
postgres::OutboxCall EncodeHolderNotice(const CheckEnding& ending, absl::Time now);

}  // namespace houbu::account
