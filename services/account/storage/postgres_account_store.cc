#include "services/account/storage/postgres_account_store.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/storage/audit_chain.h"

namespace houbu::account {
namespace {

constexpr char kAccountPhone[] = "accounts/phone";
constexpr char kHolder[] = "accounts/holder";
constexpr char kHolderCard[] = "accounts/holder_card";

}  // namespace

absl::StatusOr<Account> PostgresAccountStore::AccountOf(const postgres::Row& row) const {
  Account account;
  account.id = row.Text("id");
  account.version = row.Int64("version");
  ASSIGN_OR_RETURN(const PersonKey key, vault_.KeyOf(account.id, row.Bytes("wrapped")));
  ASSIGN_OR_RETURN(account.phone, key.Open(row.Bytes("phone"), kAccountPhone, account.id));
  ASSIGN_OR_RETURN(account.verification, ParseVerification(row.Text("verification")));
  account.verification_reason = row.Text("verification_reason");
  account.member = row.Bool("member");
  account.created_at = row.Time("created_at");
  return account;
}

Task<std::optional<std::string>> PostgresAccountStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

constexpr char kLoadAccount[] = R"sql(
  SELECT id, version, phone, verification, verification_reason, member, a.created_at, wrapped
  FROM accounts a JOIN person_keys ON owner = id
  WHERE id = $1 AND erased_at IS NULL)sql";

Task<Account> PostgresAccountStore::Load(std::string id) {
  postgres::Parameters parameters;
  parameters.Add(id);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoadAccount, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kAccountNotFound);
  }
  co_return AccountOf(result.row(0));
}

constexpr char kUpdateAccount[] = R"sql(
  UPDATE accounts SET version = $2, verification = $3, verification_reason = $4, member = $5,
                      holder_index = coalesce($6, holder_index),
                      holder_passenger = coalesce($7, holder_passenger),
                      holder_card_index = coalesce($8, holder_card_index)
  WHERE id = $1 AND version = $2 - 1)sql";

postgres::Parameters PostgresAccountStore::AccountParameters(const Account& account) const {
  postgres::Parameters parameters;
  parameters.Add(account.id).Add(account.version).Add(VerificationName(account.verification));
  parameters.Add(account.verification_reason).Add(account.member);
  if (account.holder.has_value()) {
    parameters.Add(vault_.IndexOf(kHolder, account.holder->identity));
    parameters.Add(account.holder->passenger);
    parameters.Add(vault_.IndexOf(kHolderCard, account.holder->card));
  } else {
    parameters.AddNull().AddNull().AddNull();
  }
  return parameters;
}

Task<void> PostgresAccountStore::Replace(postgres::Transaction& transaction, Account account) {
  postgres::Parameters parameters = AccountParameters(account);
  const absl::StatusOr<postgres::Result> result =
      co_await transaction.Execute(kUpdateAccount, std::move(parameters));
  if (postgres::ConstraintOf(result.status()) == "accounts_holder") {
    co_return Refuse(kHolderTaken);
  }
  CO_RETURN_IF_ERROR(result.status());
  co_return result->affected() == 0 ? Refuse(kAccountChanged) : absl::OkStatus();
}

Task<std::string> PostgresAccountStore::Save(Account account, AuditEntry audit, Reply reply,
                                             absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(co_await Replace(work.transaction(), std::move(account)));
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kCountChecks[] = R"sql(
  SELECT count(*) AS checks FROM identity_checks
  WHERE account_id = $1 AND asked_at > $2 AND decided_at IS NOT NULL)sql";

Task<int> PostgresAccountStore::CountChecks(std::string account, absl::Time since) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(since);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kCountChecks, std::move(parameters)));
  co_return result.row(0).Int32("checks");
}

constexpr char kInsertCheck[] = R"sql(
  INSERT INTO identity_checks (id, account_id, passenger_id, asked_at)
  VALUES ($1, $2, $3, $4))sql";

Task<void> PostgresAccountStore::BeginCheck(Account account, IdentityCheck check) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::nullopt));
  CO_RETURN_IF_ERROR(co_await Replace(work.transaction(), std::move(account)));
  postgres::Parameters parameters;
  parameters.Add(check.id).Add(check.account).Add(check.passenger).Add(check.asked_at);
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kInsertCheck, std::move(parameters)));
  co_return co_await work.Commit("", check.asked_at);
}

constexpr char kDecideCheck[] = R"sql(
  UPDATE identity_checks SET decided_at = $2, result = $3, reason = $4 WHERE id = $1)sql";

Task<std::string> PostgresAccountStore::EndCheck(Account account, IdentityCheck check,
                                                 AuditEntry audit, Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  postgres::Parameters parameters;
  parameters.Add(check.id).Add(now).Add(VerificationName(account.verification));
  parameters.Add(account.verification_reason);
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kDecideCheck, std::move(parameters)));
  CO_RETURN_IF_ERROR(co_await Replace(work.transaction(), std::move(account)));
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

}  // namespace houbu::account
