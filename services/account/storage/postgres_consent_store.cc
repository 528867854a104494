#include "services/account/storage/postgres_consent_store.h"

#include <array>
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/storage/audit_chain.h"
#include "services/account/storage/revocation_rows.h"

namespace houbu::account {
namespace {

absl::StatusOr<std::vector<PurposeConsent>> ConsentsIn(const postgres::Result& result) {
  std::vector<PurposeConsent> consents;
  for (int i = 0; i < result.rows(); ++i) {
    const postgres::Row row = result.row(i);
    PurposeConsent consent;
    consent.id = row.Text("id");
    consent.account = row.Text("account_id");
    ASSIGN_OR_RETURN(consent.purpose, ParseConsentPurpose(row.Text("purpose")));
    consent.text_version = row.Text("text_version");
    consent.channel = row.Text("channel");
    consent.given_at = row.Time("given_at");
    consent.ended_at = row.OptionalTime("ended_at");
    consents.push_back(std::move(consent));
  }
  return consents;
}

}  // namespace

Task<std::optional<std::string>> PostgresConsentStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

constexpr char kFindStanding[] = R"sql(
  SELECT id, account_id, purpose, text_version, channel, given_at, ended_at
  FROM consents WHERE account_id = $1 AND purpose = $2 AND ended_at IS NULL)sql";

Task<std::optional<PurposeConsent>> PostgresConsentStore::FindStanding(std::string account,
                                                                       ConsentPurpose purpose) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(NameOf(purpose));
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kFindStanding, std::move(parameters)));
  ASSIGN_OR_CO_RETURN(const std::vector<PurposeConsent> found, ConsentsIn(result));
  co_return found.empty() ? std::nullopt : std::optional<PurposeConsent>(found.front());
}

constexpr char kLoad[] = R"sql(
  SELECT id, account_id, purpose, text_version, channel, given_at, ended_at
  FROM consents WHERE account_id = $1 AND id = $2 AND ended_at IS NULL)sql";

Task<PurposeConsent> PostgresConsentStore::Load(std::string account, std::string id) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(id);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoad, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kConsentNotFound);
  }
  ASSIGN_OR_CO_RETURN(std::vector<PurposeConsent> found, ConsentsIn(result));
  co_return std::move(found.front());
}

constexpr char kEndStanding[] = R"sql(
  UPDATE consents SET ended_at = $3
  WHERE account_id = $1 AND purpose = $2 AND ended_at IS NULL)sql";

constexpr char kInsert[] = R"sql(
  INSERT INTO consents (id, account_id, purpose, text_version, channel, given_at)
  VALUES ($1, $2, $3, $4, $5, $6))sql";

Task<std::string> PostgresConsentStore::Give(PurposeConsent consent, AuditEntry audit, Reply reply,
                                             absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  postgres::Parameters older;
  older.Add(consent.account).Add(NameOf(consent.purpose)).Add(now);
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kEndStanding, std::move(older)));
  postgres::Parameters parameters;
  parameters.Add(consent.id).Add(consent.account).Add(NameOf(consent.purpose));
  parameters.Add(consent.text_version).Add(consent.channel).Add(consent.given_at);
  const absl::StatusOr<postgres::Result> inserted =
      co_await work.transaction().Execute(kInsert, std::move(parameters));
  if (postgres::ConstraintOf(inserted.status()) == "consents_standing") {
    co_return Refuse(kConsentChanged);
  }
  CO_RETURN_IF_ERROR(inserted.status());
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

Task<std::string> PostgresConsentStore::Repeat(Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

// The face was never kept; what the comparison came to is what was.
constexpr std::array<const char*, 1> kForgetIdentity = {R"sql(
  UPDATE accounts SET verification = 'UNVERIFIED', verification_reason = 'CONSENT_WITHDRAWN',
                      holder_index = NULL, holder_passenger = NULL, holder_card_index = NULL,
                      version = version + 1
  WHERE id = $1 AND verification <> 'UNVERIFIED')sql"};

// Files without attachments are removed by the sweeper.
constexpr std::array<const char*, 3> kForgetHealth = {R"sql(
  DELETE FROM attachments
  WHERE account_id = $1 AND kind IN ('HEALTH_REPORT', 'VACCINATION_CERTIFICATE'))sql",
                                                      R"sql(
  UPDATE passengers SET version = version + 1
  WHERE id IN (SELECT passenger_id FROM passenger_documents
               WHERE account_id = $1
                 AND document_type IN ('HEALTH_REPORT', 'VACCINATION_CERTIFICATE')))sql",
                                                      R"sql(
  DELETE FROM passenger_documents
  WHERE account_id = $1 AND document_type IN ('HEALTH_REPORT', 'VACCINATION_CERTIFICATE'))sql"};

constexpr char kEnd[] = R"sql(
  UPDATE consents SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL)sql";

Task<std::string> PostgresConsentStore::Withdraw(PurposeConsent ended, AuditEntry audit,
                                                 Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  postgres::Parameters end;
  end.Add(ended.id).Add(now);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await work.transaction().Execute(kEnd, std::move(end)));
  if (result.affected() == 0) {
    co_return Refuse(kConsentChanged);
  }
  const absl::Span<const char* const> forgotten =
      ended.purpose == ConsentPurpose::kIdentityVerification
          ? absl::Span<const char* const>(kForgetIdentity)
          : absl::Span<const char* const>(kForgetHealth);
  for (const char* const statement : forgotten) {
    postgres::Parameters parameters;
    parameters.Add(ended.account);
    CO_RETURN_IF_ERROR(co_await work.transaction().Execute(statement, std::move(parameters)));
  }
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await RevokeStatements(work.transaction(), ended.account, now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kList[] = R"sql(
  SELECT id, account_id, purpose, text_version, channel, given_at, ended_at
  FROM consents WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3)sql";

Task<std::vector<PurposeConsent>> PostgresConsentStore::List(std::string account, std::string after,
                                                             int limit) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(after).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kList, std::move(parameters)));
  co_return ConsentsIn(result);
}

}  // namespace houbu::account
