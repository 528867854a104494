/// The row of an account, written within others' transactions.
#pragma once

#include <string>

#include "libs/postgres/pool.h"
#include "services/account/app/ports.h"
#include "services/account/storage/vault.h"

namespace houbu::account {

/// Replaces an account under its version (it carries the next one), else ACCOUNT_CHANGED;
/// HOLDER_HAS_ACCOUNT when another account has the same verified holder. Both outlive the call.
Task<void> ReplaceAccount(postgres::Transaction& transaction, const Vault& vault, Account account);

/// By what a HolderCardOf is kept.
std::string HolderCardIndex(const Vault& vault, const std::string& card);

}  // namespace houbu::account
