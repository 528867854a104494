/// What is no longer to be believed, as rows that the other services follow.
#pragma once

#include <string>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/postgres/pool.h"

namespace houbu::account {

/// Revokes the access tokens of a session, in the transaction that ends it. The lock it takes is
/// held to the commit: to be called last.
async::Task<void> RevokeSession(postgres::Transaction& transaction, std::string account,
                                std::string session, absl::Time now);

/// What is no longer true of what an account was given up to now.
enum class TakenBack { kNothing, kStatements, kEverything };

/// Tells that what an account may not do changed, and takes back what it was given.
async::Task<void> TellRestricted(postgres::Transaction& transaction, std::string account,
                                 TakenBack what, absl::Time now);

/// Revokes all access tokens and statements of an account issued up to `now`: it closes.
async::Task<void> RevokeAccount(postgres::Transaction& transaction, std::string account,
                                absl::Time now);

/// Revokes all statements of an account issued up to `now`: what they say is no longer true.
async::Task<void> RevokeStatements(postgres::Transaction& transaction, std::string account,
                                   absl::Time now);

}  // namespace houbu::account
