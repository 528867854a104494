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

/// Takes back, right before the commit, what a restriction of that level makes untrue: statements,
/// or all sessions of all accounts of the person.
Task<void> RevokeOf(postgres::Transaction& transaction, std::string account, RestrictionLevel level,
                    absl::Time now);

/// Reads proposals.
absl::StatusOr<std::vector<BanProposal>> ProposalsIn(const postgres::Result& result);

/// The name under which a kind is kept.
absl::string_view NameOf(BanKind kind);

/// The name under which a state is kept.
absl::string_view NameOf(BanState state);

}  // namespace houbu::account
