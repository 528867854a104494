#include "services/account/storage/postgres_account_store.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/storage/person_keys.h"

namespace houbu::account {
namespace {

constexpr char kAccountPhone[] = "accounts/phone";
constexpr char kChallengePhone[] = "challenges/phone";

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

constexpr char kFindAccount[] = R"sql(
  SELECT id, version, phone, verification, verification_reason, member, a.created_at, wrapped
  FROM accounts a JOIN person_keys ON owner = id
  WHERE phone_index = $1)sql";

Task<std::optional<Account>> PostgresAccountStore::FindByPhone(std::string phone) {
  postgres::Parameters parameters;
  parameters.Add(vault_.IndexOf(kAccountPhone, phone));
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kFindAccount, std::move(parameters)));
  if (result.empty()) {
    co_return std::nullopt;
  }
  ASSIGN_OR_CO_RETURN(Account account, AccountOf(result.row(0)));
  co_return account;
}

constexpr char kUpdateAccount[] = R"sql(
  UPDATE accounts SET version = $2, verification = $3, verification_reason = $4, member = $5
  WHERE id = $1 AND version = $2 - 1)sql";

constexpr char kInsertAudit[] = R"sql(
  INSERT INTO audit_log (at, actor, account_id, act) VALUES ($1, $2, $3, $4))sql";

postgres::Parameters PostgresAccountStore::AccountParameters(const Account& account) const {
  postgres::Parameters parameters;
  parameters.Add(account.id).Add(account.version).Add(VerificationName(account.verification));
  parameters.Add(account.verification_reason).Add(account.member);
  return parameters;
}

Task<std::string> PostgresAccountStore::Save(Account account, std::string audit, Reply reply,
                                             absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  ASSIGN_OR_CO_RETURN(
      const postgres::Result result,
      co_await work.transaction().Execute(kUpdateAccount, AccountParameters(account)));
  if (result.affected() == 0) {
    co_return Refuse(kAccountChanged);
  }
  if (!audit.empty()) {
    postgres::Parameters parameters;
    parameters.Add(now).Add(reply.key.caller).Add(account.id).Add(audit);
    CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kInsertAudit, std::move(parameters)));
  }
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

Task<void> PostgresAccountStore::SaveStep(Account account) {
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kUpdateAccount, AccountParameters(account)));
  co_return result.affected() == 0 ? Refuse(kAccountChanged) : absl::OkStatus();
}

constexpr char kCountChallenges[] = R"sql(
  SELECT count(*) AS sent FROM challenges WHERE phone_index = $1 AND created_at > $2)sql";

Task<int> PostgresAccountStore::CountChallenges(std::string phone, absl::Time since) {
  postgres::Parameters parameters;
  parameters.Add(vault_.IndexOf(kChallengePhone, phone)).Add(since);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kCountChallenges, std::move(parameters)));
  co_return result.row(0).Int32("sent");
}

constexpr char kInsertChallenge[] = R"sql(
  INSERT INTO challenges (id, phone, phone_index, language, attempts, used, created_at, expires_at)
  VALUES ($1, $2, $3, $4, 0, false, $5, $6))sql";

Task<std::string> PostgresAccountStore::AddChallenge(Challenge challenge, Reply reply,
                                                     absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(challenge.id);
  parameters.AddBytes(vault_.Seal(challenge.phone, kChallengePhone, challenge.id));
  parameters.Add(vault_.IndexOf(kChallengePhone, challenge.phone)).Add(challenge.language);
  parameters.Add(challenge.created_at).Add(challenge.expires_at);
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kInsertChallenge, std::move(parameters)));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kLoadChallenge[] = R"sql(
  SELECT id, phone, language, attempts, used, created_at, expires_at
  FROM challenges WHERE id = $1)sql";

Task<Challenge> PostgresAccountStore::LoadChallenge(std::string id) {
  postgres::Parameters parameters;
  parameters.Add(id);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoadChallenge, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kCodeRefused);
  }
  const postgres::Row row = result.row(0);
  Challenge challenge;
  challenge.id = row.Text("id");
  ASSIGN_OR_CO_RETURN(challenge.phone,
                      vault_.Open(row.Bytes("phone"), kChallengePhone, challenge.id));
  challenge.language = row.Text("language");
  challenge.attempts = row.Int32("attempts");
  challenge.used = row.Bool("used");
  challenge.created_at = row.Time("created_at");
  challenge.expires_at = row.Time("expires_at");
  co_return challenge;
}

constexpr char kCountAttempt[] = R"sql(
  UPDATE challenges SET attempts = attempts + 1 WHERE id = $1
  RETURNING attempts - 1 AS before)sql";

Task<int> PostgresAccountStore::CountAttempt(std::string id) {
  postgres::Parameters parameters;
  parameters.Add(id);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kCountAttempt, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kCodeRefused);
  }
  co_return result.row(0).Int32("before");
}

constexpr char kUseChallenge[] = R"sql(
  UPDATE challenges SET used = true WHERE id = $1 AND NOT used)sql";

constexpr char kInsertAccount[] = R"sql(
  INSERT INTO accounts (id, version, phone, phone_index, verification, verification_reason, member,
                        created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8))sql";

constexpr char kInsertSession[] = R"sql(
  INSERT INTO sessions (id, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4))sql";

Task<std::string> PostgresAccountStore::OpenSession(Challenge challenge,
                                                    std::optional<Account> opened, Session session,
                                                    Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  postgres::Parameters use;
  use.Add(challenge.id);
  ASSIGN_OR_CO_RETURN(const postgres::Result used,
                      co_await work.transaction().Execute(kUseChallenge, std::move(use)));
  if (used.affected() == 0) {
    co_return Refuse(kCodeRefused);
  }
  if (opened.has_value()) {
    const Account& account = *opened;
    const PersonKey key = vault_.NewKey(account.id);
    postgres::Parameters parameters;
    parameters.Add(account.id).Add(account.version);
    parameters.AddBytes(key.Seal(account.phone, kAccountPhone, account.id));
    parameters.Add(vault_.IndexOf(kAccountPhone, account.phone));
    parameters.Add(VerificationName(account.verification)).Add(account.verification_reason);
    parameters.Add(account.member).Add(account.created_at);
    const absl::StatusOr<postgres::Result> inserted =
        co_await work.transaction().Execute(kInsertAccount, std::move(parameters));
    if (postgres::ConstraintOf(inserted.status()) == "accounts_phone") {
      co_return Refuse(kAccountChanged);  // another sign-in of this phone opened it just now
    }
    CO_RETURN_IF_ERROR(inserted.status());
    CO_RETURN_IF_ERROR(co_await InsertKey(work.transaction(), key, now));
  }
  postgres::Parameters parameters;
  parameters.Add(session.id).Add(session.account).Add(session.created_at).Add(session.expires_at);
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kInsertSession, std::move(parameters)));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

}  // namespace houbu::account
