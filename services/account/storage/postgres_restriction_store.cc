#include "services/account/storage/postgres_restriction_store.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/storage/audit_chain.h"
#include "services/account/storage/restriction_rows.h"

namespace houbu::account {

Task<std::optional<std::string>> PostgresRestrictionStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

constexpr char kActive[] = R"sql(
  SELECT id, account_id, level, reason_code, description, imposed_by, ban, since, until, lifted_at,
         lifted_by, lift_reason
  FROM restrictions
  WHERE account_id IN (SELECT accounts_of_person($1))
    AND lifted_at IS NULL AND since <= $2 AND (until IS NULL OR until > $2)
  ORDER BY id)sql";

Task<std::vector<Restriction>> PostgresRestrictionStore::ActiveOf(std::string account,
                                                                  absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(now);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kActive, std::move(parameters)));
  co_return RestrictionsIn(result);
}

constexpr char kList[] = R"sql(
  SELECT id, account_id, level, reason_code, description, imposed_by, ban, since, until, lifted_at,
         lifted_by, lift_reason
  FROM restrictions WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3)sql";

Task<std::vector<Restriction>> PostgresRestrictionStore::List(std::string account,
                                                              std::string after, int limit) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(after).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kList, std::move(parameters)));
  co_return RestrictionsIn(result);
}

constexpr char kLoad[] = R"sql(
  SELECT id, account_id, level, reason_code, description, imposed_by, ban, since, until, lifted_at,
         lifted_by, lift_reason
  FROM restrictions WHERE account_id = $1 AND id = $2)sql";

Task<Restriction> PostgresRestrictionStore::Load(std::string account, std::string id) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(id);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoad, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kRestrictionNotFound);
  }
  ASSIGN_OR_CO_RETURN(std::vector<Restriction> found, RestrictionsIn(result));
  co_return std::move(found.front());
}

Task<std::string> PostgresRestrictionStore::Impose(Restriction restriction, AuditEntry audit,
                                                   Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  const std::string account = restriction.account;
  const RestrictionLevel level = restriction.level;
  CO_RETURN_IF_ERROR(co_await InsertRestriction(work.transaction(), std::move(restriction)));
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await RevokeOf(work.transaction(), account, level, now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kLift[] = R"sql(
  UPDATE restrictions SET lifted_at = $2, lifted_by = $3, lift_reason = $4
  WHERE id = $1 AND lifted_at IS NULL)sql";

Task<std::string> PostgresRestrictionStore::Lift(Restriction lifted, AuditEntry audit, Reply reply,
                                                 absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  postgres::Parameters parameters;
  parameters.Add(lifted.id).Add(lifted.lifted_at).Add(lifted.lifted_by).Add(lifted.lift_reason);
  ASSIGN_OR_CO_RETURN(const postgres::Result updated,
                      co_await work.transaction().Execute(kLift, std::move(parameters)));
  if (updated.affected() == 0) {
    co_return Refuse(kRestrictionOver);
  }
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await TellLifted(work.transaction(), lifted.account, now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

// Cancellations are counted one after the other: two at once must not both see two.
constexpr char kHoldCancellations[] = R"sql(
  SELECT pg_advisory_xact_lock(hashtextextended('own_cancellations', 0)))sql";

constexpr char kAddCancellation[] = R"sql(
  INSERT INTO own_cancellations (booking, account_id, at) VALUES ($1, $2, $3)
  ON CONFLICT (booking) DO NOTHING)sql";

// A cancellation counts for one restriction only: what was before the last one is paid off.
constexpr char kUncounted[] = R"sql(
  SELECT at FROM own_cancellations
  WHERE account_id IN (SELECT accounts_of_person($1))
    AND at > coalesce((SELECT max(since) FROM restrictions
                       WHERE account_id IN (SELECT accounts_of_person($1)) AND reason_code = $2),
                      '-infinity'))sql";

Task<std::string> PostgresRestrictionStore::CountCancellation(OwnCancellation cancellation,
                                                              CancellationJudge judge,
                                                              std::string restriction_id,
                                                              Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kHoldCancellations));
  postgres::Parameters parameters;
  parameters.Add(cancellation.booking).Add(cancellation.account).Add(cancellation.at);
  ASSIGN_OR_CO_RETURN(const postgres::Result added,
                      co_await work.transaction().Execute(kAddCancellation, std::move(parameters)));
  std::optional<Restriction> restriction;
  if (added.affected() == 1) {
    postgres::Parameters whose;
    whose.Add(cancellation.account).Add(kManyCancellations);
    ASSIGN_OR_CO_RETURN(const postgres::Result uncounted,
                        co_await work.transaction().Execute(kUncounted, std::move(whose)));
    std::vector<absl::Time> times;
    for (int i = 0; i < uncounted.rows(); ++i) {
      times.push_back(uncounted.row(i).Time("at"));
    }
    restriction = judge(std::move(times));
  }
  if (restriction.has_value()) {
    restriction->id = std::move(restriction_id);
    restriction->account = cancellation.account;
    AuditEntry audit;
    audit.actor = restriction->imposed_by;
    audit.act = "RESTRICTION_IMPOSED";
    audit.subject = account::NameOf(*restriction);
    audit.reason = restriction->text;
    audit.detail["booking"] = cancellation.booking;
    CO_RETURN_IF_ERROR(co_await InsertRestriction(work.transaction(), *restriction));
    CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
    CO_RETURN_IF_ERROR(
        co_await RevokeOf(work.transaction(), cancellation.account, restriction->level, now));
  }
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

}  // namespace houbu::account
