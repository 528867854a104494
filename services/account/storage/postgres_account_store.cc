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
  WHERE id = $1)sql";

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
                      holder_index = coalesce($6, holder_index)
  WHERE id = $1 AND version = $2 - 1)sql";

postgres::Parameters PostgresAccountStore::AccountParameters(const Account& account) const {
  postgres::Parameters parameters;
  parameters.Add(account.id).Add(account.version).Add(VerificationName(account.verification));
  parameters.Add(account.verification_reason).Add(account.member);
  parameters.Add(account.holder_identity.empty()
                     ? std::nullopt
                     : std::optional(vault_.IndexOf(kHolder, account.holder_identity)));
  return parameters;
}

Task<std::string> PostgresAccountStore::Save(Account account, AuditEntry audit, Reply reply,
                                             absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  postgres::Parameters parameters = AccountParameters(account);
  const absl::StatusOr<postgres::Result> result =
      co_await work.transaction().Execute(kUpdateAccount, std::move(parameters));
  if (postgres::ConstraintOf(result.status()) == "accounts_holder") {
    co_return Refuse(kHolderTaken);
  }
  CO_RETURN_IF_ERROR(result.status());
  if (result->affected() == 0) {
    co_return Refuse(kAccountChanged);
  }
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

Task<void> PostgresAccountStore::SaveStep(Account account) {
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kUpdateAccount, AccountParameters(account)));
  co_return result.affected() == 0 ? Refuse(kAccountChanged) : absl::OkStatus();
}

}  // namespace houbu::account
