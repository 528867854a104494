/// Restrictions and proposals to ban as rows.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "libs/postgres/pool.h"
#include "services/account/app/ports_restriction.h"

namespace houbu::account {

/// Reads restrictions.
absl::StatusOr<std::vector<Restriction>> RestrictionsIn(const postgres::Result& result);

/// Inserts a restriction.
Task<void> InsertRestriction(postgres::Transaction& transaction, Restriction restriction);

/// Refuses with ACCOUNT_RESTRICTED who may not sign in, by any account of the same person.
Task<void> CheckSignIn(postgres::Transaction& transaction, std::string account, absl::Time now);

/// Tells, right before the commit, that an account was restricted, and takes back what that level
/// makes untrue: statements, or all sessions too; of all accounts of the person.
Task<void> RevokeOf(postgres::Transaction& transaction, std::string account, RestrictionLevel level,
                    absl::Time now);

/// Tells, right before the commit, that a restriction of an account was lifted.
Task<void> TellLifted(postgres::Transaction& transaction, std::string account, absl::Time now);

/// What restricts an account or did at `since`, and was not lifted; by any account of the same
/// person.
Task<std::vector<Restriction>> UnliftedRestrictionsOf(postgres::Pool& pool, std::string account,
                                                      absl::Time since);

/// Reads proposals.
absl::StatusOr<std::vector<BanProposal>> ProposalsIn(const postgres::Result& result);

/// The name under which a kind is kept.
absl::string_view NameOf(BanKind kind);

/// The name under which a state is kept.
absl::string_view NameOf(BanState state);

}  // namespace houbu::account
