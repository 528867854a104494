#include "services/account/storage/postgres_guardian_store.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/storage/audit_chain.h"
#include "services/account/storage/revocation_rows.h"

namespace houbu::account {
namespace {

absl::StatusOr<std::vector<Guardianship>> GuardianshipsIn(const postgres::Result& result) {
  std::vector<Guardianship> guardianships;
  for (int i = 0; i < result.rows(); ++i) {
    const postgres::Row row = result.row(i);
    Guardianship guardianship;
    guardianship.id = row.Text("id");
    guardianship.account = row.Text("account_id");
    guardianship.ward = row.Text("ward_id");
    ASSIGN_OR_RETURN(guardianship.kind, ParseWardKind(row.Text("kind")));
    guardianship.proof = row.Text("proof");
    if (!row.IsNull("consent_at")) {
      guardianship.consent = Consent{row.Text("consent_text_version"), row.Text("consent_channel"),
                                     row.Time("consent_at")};
    }
    ASSIGN_OR_RETURN(guardianship.state, ParseGuardianshipState(row.Text("state")));
    guardianship.proposed_at = row.Time("proposed_at");
    guardianship.decided_by = row.Text("decided_by");
    guardianship.reason = row.Text("reason");
    guardianship.decided_at = row.OptionalTime("decided_at");
    guardianship.ended_at = row.OptionalTime("ended_at");
    guardianships.push_back(std::move(guardianship));
  }
  return guardianships;
}

}  // namespace

Task<std::optional<std::string>> PostgresGuardianStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

constexpr char kWards[] = R"sql(
  SELECT ward_id FROM guardianships WHERE account_id = $1 AND state = 'ACCEPTED')sql";

Task<std::vector<std::string>> PostgresGuardianStore::WardsOf(std::string account) {
  postgres::Parameters parameters;
  parameters.Add(account);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kWards, std::move(parameters)));
  std::vector<std::string> wards;
  for (int i = 0; i < result.rows(); ++i) {
    wards.push_back(result.row(i).Text("ward_id"));
  }
  co_return wards;
}

constexpr char kInsert[] = R"sql(
  INSERT INTO guardianships (id, account_id, ward_id, kind, proof, consent_text_version,
                             consent_channel, consent_at, state, proposed_at, decided_by, reason)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'PENDING', $9, '', ''))sql";

postgres::Parameters InsertParameters(const Guardianship& guardianship) {
  postgres::Parameters parameters;
  parameters.Add(guardianship.id).Add(guardianship.account).Add(guardianship.ward);
  parameters.Add(NameOf(guardianship.kind)).Add(guardianship.proof);
  if (guardianship.consent.has_value()) {
    parameters.Add(guardianship.consent->text_version).Add(guardianship.consent->channel);
    parameters.Add(guardianship.consent->given_at);
  } else {
    parameters.AddNull().AddNull().AddNull();
  }
  parameters.Add(guardianship.proposed_at);
  return parameters;
}

Task<std::string> PostgresGuardianStore::Propose(Guardianship guardianship, AuditEntry audit,
                                                 Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  const absl::StatusOr<postgres::Result> inserted =
      co_await work.transaction().Execute(kInsert, InsertParameters(guardianship));
  if (postgres::ConstraintOf(inserted.status()) == "guardianships_one") {
    co_return Refuse(kGuardianshipExists);
  }
  CO_RETURN_IF_ERROR(inserted.status());
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kLoad[] = R"sql(
  SELECT id, account_id, ward_id, kind, proof, consent_text_version, consent_channel, consent_at,
         state, proposed_at, decided_by, reason, decided_at, ended_at
  FROM guardianships WHERE account_id = $1 AND id = $2)sql";

Task<Guardianship> PostgresGuardianStore::Load(std::string account, std::string id) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(id);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoad, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kGuardianshipNotFound);
  }
  ASSIGN_OR_CO_RETURN(std::vector<Guardianship> found, GuardianshipsIn(result));
  co_return std::move(found.front());
}

constexpr char kList[] = R"sql(
  SELECT id, account_id, ward_id, kind, proof, consent_text_version, consent_channel, consent_at,
         state, proposed_at, decided_by, reason, decided_at, ended_at
  FROM guardianships
  WHERE (account_id = $1 OR ($1 = '' AND state = 'PENDING')) AND id > $2
  ORDER BY id LIMIT $3)sql";

Task<std::vector<Guardianship>> PostgresGuardianStore::List(std::string account, std::string after,
                                                            int limit) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(after).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kList, std::move(parameters)));
  co_return GuardianshipsIn(result);
}

constexpr char kUpdate[] = R"sql(
  UPDATE guardianships
  SET state = $3, decided_by = $4, reason = $5, decided_at = $6, ended_at = $7
  WHERE id = $1 AND state = $2)sql";

Task<std::string> PostgresGuardianStore::Save(Guardianship changed, GuardianshipState before,
                                              AuditEntry audit, Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  postgres::Parameters parameters;
  parameters.Add(changed.id).Add(NameOf(before)).Add(NameOf(changed.state));
  parameters.Add(changed.decided_by).Add(changed.reason).Add(changed.decided_at);
  parameters.Add(changed.ended_at);
  ASSIGN_OR_CO_RETURN(const postgres::Result updated,
                      co_await work.transaction().Execute(kUpdate, std::move(parameters)));
  if (updated.affected() == 0) {
    co_return Refuse(kGuardianshipDecided);
  }
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  if (before == GuardianshipState::kAccepted) {
    CO_RETURN_IF_ERROR(co_await RevokeStatements(work.transaction(), changed.account, now));
  }
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

}  // namespace houbu::account
