/// Account's values on the wire, both ways.
#pragma once

#include "services/account/app/statements.h"
#include "services/account/domain/account.h"

#include "houbu/account/v1/account.pb.h"
#include "houbu/type/v1/statement.pb.h"

namespace houbu::account {

/// Writes an account, its phone masked.
v1::Account ToWire(const Account& account);

/// Writes what a statement says.
type::v1::TravelStatement ToWire(const Vouching& vouching, type::v1::Purpose purpose);

}  // namespace houbu::account
