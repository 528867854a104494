/// Restrictions as use cases: by policy after repeated cancellations, by support, lifted by support
/// and bans, which two people decide.
#pragma once

#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/account/app/ports_restriction.h"

namespace houbu::account {

/// How restrictions are imposed.
struct RestrictionPolicy {
  CancellationPolicy cancellations;
  absl::Duration imposed_max = absl::Hours(24 * 365);  ///< Longest that support may restrict.
};

/// What support asks for.
struct Imposition {
  std::string account;
  RestrictionLevel level = RestrictionLevel::kBooking;
  std::string reason;
  absl::Time until;
};

/// Restricts accounts and lifts restrictions.
class Restrictions final {
 public:
  /// Uses what it is given, which must outlive it.
  Restrictions(RestrictionStore& store, AccountStore& accounts, const Clock& clock, IdSource& ids,
               RestrictionPolicy policy)
      : store_(store), accounts_(accounts), clock_(clock), ids_(ids), policy_(policy) {}

  /// Counts a booking that its owner cancelled; gives the answer's bytes.
  Task<std::string> CountCancellation(OwnCancellation cancellation,
                                      Mutation<OwnCancellation> mutation);

  /// Returns an account's restrictions, past ones too, oldest first. ACCOUNT_NOT_FOUND.
  Task<std::vector<Restriction>> List(std::string account, std::string after, int limit);

  /// Restricts an account until a time; gives the answer's bytes. ACCOUNT_NOT_FOUND; an end that is
  /// past or too far away is a violation of `expire_time`.
  Task<std::string> Impose(Imposition wanted, Mutation<Restriction> mutation);

  /// Lifts a restriction; gives the answer's bytes. RESTRICTION_NOT_FOUND, RESTRICTION_OVER,
  /// BAN_TAKES_TWO.
  Task<std::string> Lift(std::string account, std::string id, std::string reason,
                         Mutation<Restriction> mutation);

  /// Proposes to ban an account, or to lift its ban; gives the answer's bytes. ACCOUNT_NOT_FOUND,
  /// BAN_PROPOSAL_OPEN, BAN_STANDS.
  Task<std::string> ProposeBan(std::string account, BanKind kind, std::string reason,
                               Mutation<BanProposal> mutation);

  /// Decides a proposal and carries it out; gives the answer's bytes. BAN_PROPOSAL_NOT_FOUND and
  /// what Decide() of the domain refuses.
  Task<std::string> DecideBan(std::string account, std::string id, bool is_approval,
                              std::string comment, Mutation<BanProposal> mutation);

  /// Returns proposals, oldest first; the open ones, or all.
  Task<std::vector<BanProposal>> ListBanProposals(bool with_decided, std::string after, int limit);

 private:
  RestrictionStore& store_;
  AccountStore& accounts_;
  const Clock& clock_;
  IdSource& ids_;
  const RestrictionPolicy policy_;
};

}  // namespace houbu::account
