#include "services/account/storage/postgres_session_store.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/storage/audit_chain.h"
#include "services/account/storage/erasure_rows.h"
#include "services/account/storage/person_keys.h"
#include "services/account/storage/restriction_rows.h"
#include "services/account/storage/revocation_rows.h"
#include "services/account/storage/session_rows.h"

namespace houbu::account {
namespace {

constexpr char kPhone[] = "accounts/phone";
constexpr char kDeviceName[] = "sessions/device_display_name";

}  // namespace

Task<std::optional<std::string>> PostgresSessionStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

constexpr char kUseChallenge[] = R"sql(
  UPDATE challenges SET used = true WHERE id = $1 AND NOT used)sql";

constexpr char kInsertSession[] = R"sql(
  INSERT INTO sessions (id, account_id, device_key, device_display_name, created_at, last_used_at,
                        ends_at, token_id, token_issued_at, token_expires_at, refresh_expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))sql";

Task<std::string> PostgresSessionStore::Open(Session session, std::optional<Challenge> challenge,
                                             std::optional<Account> opened, Reply reply,
                                             absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  if (challenge.has_value()) {
    postgres::Parameters use;
    use.Add(challenge->id);
    ASSIGN_OR_CO_RETURN(const postgres::Result used,
                        co_await work.transaction().Execute(kUseChallenge, std::move(use)));
    if (used.affected() == 0) {
      co_return Refuse(kCodeRefused);
    }
  }
  if (opened.has_value()) {
    CO_RETURN_IF_ERROR(co_await OpenAccount(work.transaction(), *opened, now));
  }
  CO_RETURN_IF_ERROR(co_await CheckNotClosing(work.transaction(), session.account));
  CO_RETURN_IF_ERROR(co_await CheckSignIn(work.transaction(), session.account, now));
  postgres::Parameters parameters;
  parameters.Add(session.id).Add(session.account).Add(session.device_key);
  parameters.AddBytes(vault_.Seal(session.device_display_name, kDeviceName, session.id));
  parameters.Add(session.created_at).Add(session.last_used_at).Add(session.ends_at);
  parameters.Add(session.token_id).Add(session.token_issued_at).Add(session.token_expires_at);
  parameters.Add(session.refresh_expires_at);
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kInsertSession, std::move(parameters)));
  CO_RETURN_IF_ERROR(co_await InsertToken(work.transaction(), std::move(session)));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kInsertAccount[] = R"sql(
  INSERT INTO accounts (id, version, phone, phone_index, verification, verification_reason, member,
                        created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8))sql";

Task<void> PostgresSessionStore::OpenAccount(postgres::Transaction& transaction, Account account,
                                             absl::Time now) {
  const PersonKey key = vault_.NewKey(account.id);
  postgres::Parameters parameters;
  parameters.Add(account.id).Add(account.version);
  parameters.AddBytes(key.Seal(account.phone, kPhone, account.id));
  parameters.Add(vault_.IndexOf(kPhone, account.phone));
  parameters.Add(VerificationName(account.verification)).Add(account.verification_reason);
  parameters.Add(account.member).Add(account.created_at);
  const absl::StatusOr<postgres::Result> inserted =
      co_await transaction.Execute(kInsertAccount, std::move(parameters));
  if (postgres::ConstraintOf(inserted.status()) == "accounts_phone") {
    co_return Refuse(kAccountChanged);  // another sign-in of this phone opened it just now
  }
  CO_RETURN_IF_ERROR(inserted.status());
  co_return co_await InsertKey(transaction, key, now);
}

constexpr char kInsertToken[] = R"sql(
  INSERT INTO refresh_tokens (id, session_id, digest, expires_at) VALUES ($1, $2, $3, $4))sql";

Task<void> PostgresSessionStore::InsertToken(postgres::Transaction& transaction, Session session) {
  postgres::Parameters parameters;
  parameters.Add(session.token_id).Add(session.id);
  parameters.Add(secrets_.DigestOf(secrets_.RefreshTokenOf(session.token_id)));
  parameters.Add(session.refresh_expires_at);
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kInsertToken, std::move(parameters)));
  co_return absl::OkStatus();
}

absl::StatusOr<Session> PostgresSessionStore::SessionOf(const postgres::Row& row) const {
  Session session;
  session.id = row.Text("id");
  session.account = row.Text("account_id");
  session.device_key = row.Text("device_key");
  ASSIGN_OR_RETURN(session.device_display_name,
                   vault_.Open(row.Bytes("device_display_name"), kDeviceName, session.id));
  session.created_at = row.Time("created_at");
  session.last_used_at = row.Time("last_used_at");
  session.ends_at = row.Time("ends_at");
  session.token_id = row.Text("token_id");
  session.token_issued_at = row.Time("token_issued_at");
  session.token_expires_at = row.Time("token_expires_at");
  session.refresh_expires_at = row.Time("refresh_expires_at");
  return session;
}

constexpr char kLoadSession[] = R"sql(
  SELECT id, account_id, device_key, device_display_name, created_at, last_used_at, ends_at,
         token_id, token_issued_at, token_expires_at, refresh_expires_at
  FROM sessions
  WHERE account_id = $1 AND id = $2 AND ended_at IS NULL AND refresh_expires_at > $3)sql";

Task<Session> PostgresSessionStore::Load(std::string account, std::string id, absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(id).Add(now);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoadSession, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kSessionNotFound);
  }
  co_return SessionOf(result.row(0));
}

constexpr char kListSessions[] = R"sql(
  SELECT id, account_id, device_key, device_display_name, created_at, last_used_at, ends_at,
         token_id, token_issued_at, token_expires_at, refresh_expires_at
  FROM sessions
  WHERE account_id = $1 AND ($2 = '' OR id < $2) AND ended_at IS NULL AND refresh_expires_at > $3
  ORDER BY id DESC LIMIT $4)sql";

Task<std::vector<Session>> PostgresSessionStore::List(std::string account, std::string before,
                                                      int limit, absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(before).Add(now).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kListSessions, std::move(parameters)));
  std::vector<Session> sessions;
  for (int i = 0; i < result.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(Session session, SessionOf(result.row(i)));
    sessions.push_back(std::move(session));
  }
  co_return sessions;
}

constexpr char kFindToken[] = R"sql(
  SELECT t.id AS shown_id, t.expires_at AS shown_expires_at, t.used_at, t.successor,
         s.id, account_id, device_key, device_display_name, created_at, last_used_at, ends_at,
         token_id, token_issued_at, token_expires_at, refresh_expires_at
  FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
  WHERE t.digest = $1 AND s.ended_at IS NULL)sql";

Task<ShownToken> PostgresSessionStore::FindToken(std::string refresh_token, absl::Time) {
  postgres::Parameters parameters;
  parameters.Add(secrets_.DigestOf(refresh_token));
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kFindToken, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kRefreshRefused);
  }
  const postgres::Row row = result.row(0);
  ShownToken shown;
  ASSIGN_OR_CO_RETURN(shown.session, SessionOf(row));
  shown.token.id = row.Text("shown_id");
  shown.token.session = shown.session.id;
  shown.token.expires_at = row.Time("shown_expires_at");
  shown.token.used_at = row.OptionalTime("used_at").value_or(absl::InfiniteFuture());
  shown.token.successor = row.OptionalText("successor").value_or("");
  co_return shown;
}

constexpr char kUseToken[] = R"sql(
  UPDATE refresh_tokens SET used_at = $2, successor = $3 WHERE id = $1 AND used_at IS NULL)sql";

constexpr char kRenewSession[] = R"sql(
  UPDATE sessions
  SET last_used_at = $2, token_id = $3, token_issued_at = $4, token_expires_at = $5,
      refresh_expires_at = $6
  WHERE id = $1 AND ended_at IS NULL)sql";

Task<std::optional<std::string>> PostgresSessionStore::Renew(RefreshToken token, Session renewed,
                                                             Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(co_await CheckNotClosing(work.transaction(), renewed.account));
  CO_RETURN_IF_ERROR(co_await CheckSignIn(work.transaction(), renewed.account, now));
  postgres::Parameters use;
  use.Add(token.id).Add(now).Add(renewed.token_id);
  ASSIGN_OR_CO_RETURN(const postgres::Result used,
                      co_await work.transaction().Execute(kUseToken, std::move(use)));
  if (used.affected() == 0) {
    co_return std::nullopt;
  }
  postgres::Parameters renew;
  renew.Add(renewed.id).Add(renewed.last_used_at).Add(renewed.token_id);
  renew.Add(renewed.token_issued_at).Add(renewed.token_expires_at);
  renew.Add(renewed.refresh_expires_at);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await work.transaction().Execute(kRenewSession, std::move(renew)));
  if (result.affected() == 0) {
    co_return Refuse(kRefreshRefused);
  }
  CO_RETURN_IF_ERROR(co_await InsertToken(work.transaction(), std::move(renewed)));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return std::optional<std::string>(reply.answer);
}

Task<std::string> PostgresSessionStore::Repeat(Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kEndSession[] = R"sql(
  UPDATE sessions SET ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS NULL)sql";

Task<void> PostgresSessionStore::EndStolen(Session session, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::nullopt));
  postgres::Parameters parameters;
  parameters.Add(session.id).Add(now).Add("STOLEN");
  ASSIGN_OR_CO_RETURN(const postgres::Result ended,
                      co_await work.transaction().Execute(kEndSession, std::move(parameters)));
  if (ended.affected() == 0) {
    co_return absl::OkStatus();
  }
  AuditEntry entry;
  entry.actor = "services/account";
  entry.act = "SESSION_STOLEN";
  entry.subject = NameOf(session);
  entry.reason = "a refresh token was used twice";
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(entry), now));
  CO_RETURN_IF_ERROR(co_await RevokeSession(work.transaction(), session.account, session.id, now));
  co_return co_await work.Commit("", now);
}

Task<std::string> PostgresSessionStore::End(Session session, Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  postgres::Parameters parameters;
  parameters.Add(session.id).Add(now).Add("SIGNED_OUT");
  ASSIGN_OR_CO_RETURN(const postgres::Result ended,
                      co_await work.transaction().Execute(kEndSession, std::move(parameters)));
  if (ended.affected() == 0) {
    co_return Refuse(kSessionNotFound);
  }
  CO_RETURN_IF_ERROR(co_await RevokeSession(work.transaction(), session.account, session.id, now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

Task<std::string> PostgresSessionStore::EndAll(std::string account, std::string kept,
                                               Mutation<int> mutation, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, mutation.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  ASSIGN_OR_CO_RETURN(const int ended, co_await EndSessions(work.transaction(), std::move(account),
                                                            std::move(kept), "SIGNED_OUT", now));
  std::string answer = mutation.render(ended);
  CO_RETURN_IF_ERROR(co_await work.Commit(answer, now));
  co_return answer;
}

constexpr char kKnowsDevice[] = R"sql(
  SELECT EXISTS (SELECT 1 FROM sessions
                 WHERE account_id = $1 AND device_key = $2 AND device_key <> ''
                   AND last_used_at > $3 AND end_reason IS DISTINCT FROM 'STOLEN') AS known)sql";

Task<bool> PostgresSessionStore::KnowsDevice(std::string account, std::string device_key,
                                             absl::Time since) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(device_key).Add(since);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kKnowsDevice, std::move(parameters)));
  co_return result.row(0).Bool("known");
}

}  // namespace houbu::account
