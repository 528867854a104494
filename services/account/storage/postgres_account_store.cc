#include "services/account/storage/postgres_account_store.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/storage/account_rows.h"
#include "services/account/storage/audit_chain.h"

namespace houbu::account {
namespace {

constexpr char kAccountPhone[] = "accounts/phone";

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

Task<std::string> PostgresAccountStore::Save(Account account, AuditEntry audit, Reply reply,
                                             absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(co_await ReplaceAccount(work.transaction(), vault_, std::move(account)));
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

}  // namespace houbu::account
