// The half of PostgresRestrictionStore that keeps proposals to ban.
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/storage/audit_chain.h"
#include "services/account/storage/postgres_restriction_store.h"
#include "services/account/storage/restriction_rows.h"

namespace houbu::account {
namespace {

constexpr char kIsBanned[] = R"sql(
  SELECT EXISTS (SELECT 1 FROM restrictions
                 WHERE account_id = $1 AND ban IS NOT NULL AND lifted_at IS NULL) AS banned)sql";

constexpr char kInsert[] = R"sql(
  INSERT INTO ban_proposals (id, account_id, kind, reason, maker, made_at, state, checker, comment)
  VALUES ($1, $2, $3, $4, $5, $6, 'OPEN', '', ''))sql";

// Who waited too long makes room for a new one.
constexpr char kDropExpired[] = R"sql(
  UPDATE ban_proposals SET state = 'REJECTED', checker = 'expired', decided_at = $2
  WHERE account_id = $1 AND state = 'OPEN' AND made_at <= $3)sql";

}  // namespace

Task<std::string> PostgresRestrictionStore::Propose(BanProposal proposal, AuditEntry audit,
                                                    Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  postgres::Parameters whose;
  whose.Add(proposal.account);
  ASSIGN_OR_CO_RETURN(const postgres::Result banned,
                      co_await work.transaction().Execute(kIsBanned, std::move(whose)));
  if (banned.row(0).Bool("banned") == (proposal.kind == BanKind::kBan)) {
    co_return Refuse(kBanStands);
  }
  postgres::Parameters expired;
  expired.Add(proposal.account).Add(now).Add(now - kBanProposalLife);
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kDropExpired, std::move(expired)));
  postgres::Parameters parameters;
  parameters.Add(proposal.id).Add(proposal.account).Add(NameOf(proposal.kind));
  parameters.Add(proposal.reason).Add(proposal.maker).Add(proposal.made_at);
  const absl::StatusOr<postgres::Result> inserted =
      co_await work.transaction().Execute(kInsert, std::move(parameters));
  if (postgres::ConstraintOf(inserted.status()) == "ban_proposals_open") {
    co_return Refuse(kBanProposalOpen);
  }
  CO_RETURN_IF_ERROR(inserted.status());
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kLoadProposal[] = R"sql(
  SELECT id, account_id, kind, reason, maker, made_at, state, checker, comment, decided_at
  FROM ban_proposals WHERE account_id = $1 AND id = $2)sql";

Task<BanProposal> PostgresRestrictionStore::LoadProposal(std::string account, std::string id) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(id);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoadProposal, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kBanProposalNotFound);
  }
  ASSIGN_OR_CO_RETURN(std::vector<BanProposal> found, ProposalsIn(result));
  co_return std::move(found.front());
}

constexpr char kListProposals[] = R"sql(
  SELECT id, account_id, kind, reason, maker, made_at, state, checker, comment, decided_at
  FROM ban_proposals WHERE id > $1 AND ($2 OR state = 'OPEN') ORDER BY id LIMIT $3)sql";

Task<std::vector<BanProposal>> PostgresRestrictionStore::ListProposals(bool with_decided,
                                                                       std::string after,
                                                                       int limit) {
  postgres::Parameters parameters;
  parameters.Add(after).Add(with_decided).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kListProposals, std::move(parameters)));
  co_return ProposalsIn(result);
}

constexpr char kDecide[] = R"sql(
  UPDATE ban_proposals SET state = $2, checker = $3, comment = $4, decided_at = $5
  WHERE id = $1 AND state = 'OPEN')sql";

constexpr char kLiftBan[] = R"sql(
  UPDATE restrictions SET lifted_at = $2, lifted_by = $3, lift_reason = $4
  WHERE account_id = $1 AND ban IS NOT NULL AND lifted_at IS NULL)sql";

Task<std::string> PostgresRestrictionStore::Decide(BanProposal decided,
                                                   std::vector<Restriction> imposed,
                                                   AuditEntry audit, Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  postgres::Parameters parameters;
  parameters.Add(decided.id).Add(NameOf(decided.state)).Add(decided.checker).Add(decided.comment);
  parameters.Add(decided.decided_at);
  const absl::StatusOr<postgres::Result> updated =
      co_await work.transaction().Execute(kDecide, std::move(parameters));
  if (postgres::ConstraintOf(updated.status()) == "ban_proposals_two_people") {
    co_return Refuse(kOwnBanProposal);
  }
  CO_RETURN_IF_ERROR(updated.status());
  if (updated->affected() == 0) {
    co_return Refuse(kBanProposalDecided);
  }
  for (const Restriction& restriction : imposed) {
    CO_RETURN_IF_ERROR(co_await InsertRestriction(work.transaction(), restriction));
  }
  if (decided.state == BanState::kApproved && decided.kind == BanKind::kLift) {
    postgres::Parameters lifted;
    lifted.Add(decided.account).Add(now).Add(decided.checker).Add(decided.reason);
    CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kLiftBan, std::move(lifted)));
  }
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  if (!imposed.empty()) {
    CO_RETURN_IF_ERROR(
        co_await RevokeOf(work.transaction(), decided.account, RestrictionLevel::kSignIn, now));
  } else if (decided.state == BanState::kApproved) {
    CO_RETURN_IF_ERROR(co_await TellLifted(work.transaction(), decided.account, now));
  }
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

}  // namespace houbu::account
