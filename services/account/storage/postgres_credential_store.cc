#include "services/account/storage/postgres_credential_store.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/domain/account.h"
#include "services/account/domain/document.h"
#include "services/account/domain/password.h"
#include "services/account/storage/audit_chain.h"
#include "services/account/storage/session_rows.h"

namespace houbu::account {
namespace {

constexpr char kPhone[] = "accounts/phone";
constexpr char kEmail[] = "accounts/email";
constexpr char kHolder[] = "accounts/holder";
constexpr char kTotpSecret[] = "accounts/totp_secret";

/// What an account's holder did to it.
AuditEntry EntryOf(const RequestKey& key, const std::string& account, std::string act) {
  AuditEntry entry;
  entry.actor = ActorOf(key);
  entry.act = std::move(act);
  entry.subject = absl::StrCat("accounts/", account);
  return entry;
}

}  // namespace

Task<std::optional<std::string>> PostgresCredentialStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

absl::StatusOr<Credentials> PostgresCredentialStore::CredentialsOf(const postgres::Row& row) const {
  Credentials credentials;
  credentials.account = row.Text("id");
  ASSIGN_OR_RETURN(const PersonKey key, vault_.KeyOf(credentials.account, row.Bytes("wrapped")));
  credentials.version = row.Int64("version");
  ASSIGN_OR_RETURN(credentials.phone, key.Open(row.Bytes("phone"), kPhone, credentials.account));
  if (const std::optional<std::string> box = row.OptionalBytes("email")) {
    ASSIGN_OR_RETURN(credentials.email, key.Open(*box, kEmail, credentials.account));
  }
  credentials.resident_id = row.Bool("resident_id");
  credentials.password_hash = row.OptionalText("password_hash").value_or("");
  credentials.password_stands_alone = row.Bool("password_stands_alone");
  credentials.password_at = row.OptionalTime("password_at").value_or(absl::InfinitePast());
  if (const std::optional<std::string> box = row.OptionalBytes("totp_secret")) {
    ASSIGN_OR_RETURN(credentials.totp_secret, key.Open(*box, kTotpSecret, credentials.account));
  }
  credentials.totp_on = row.Bool("totp_on");
  credentials.totp_at = row.OptionalTime("totp_at").value_or(absl::InfinitePast());
  credentials.recovery_codes_left = row.Int32("recovery_codes_left");
  return credentials;
}

// One statement whatever the identifier is, so that it takes the same time.
constexpr char kFindCredentials[] = R"sql(
  SELECT id, version, phone, email, holder_index IS NOT NULL AS resident_id, password_hash,
         password_stands_alone, password_at, totp_secret, totp_on, totp_at,
         cardinality(recovery_codes) AS recovery_codes_left, wrapped
  FROM accounts JOIN person_keys ON owner = id
  WHERE wrapped IS NOT NULL AND (phone_index = $1 OR email_index = $2 OR holder_index = $3))sql";

Task<std::optional<Credentials>> PostgresCredentialStore::Find(Identifier identifier) {
  const bool phone = identifier.kind == Identifier::Kind::kPhone;
  const bool email = identifier.kind == Identifier::Kind::kEmail;
  Document card;
  card.country = "CN";
  card.number = identifier.text;
  postgres::Parameters parameters;
  parameters.Add(phone ? vault_.IndexOf(kPhone, identifier.text) : "");
  parameters.Add(email ? vault_.IndexOf(kEmail, identifier.text) : "");
  parameters.Add(phone || email ? "" : vault_.IndexOf(kHolder, IdentityOf(card)));
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kFindCredentials, std::move(parameters)));
  if (result.empty()) {
    co_return std::nullopt;
  }
  ASSIGN_OR_CO_RETURN(Credentials credentials, CredentialsOf(result.row(0)));
  co_return credentials;
}

constexpr char kLoadCredentials[] = R"sql(
  SELECT id, version, phone, email, holder_index IS NOT NULL AS resident_id, password_hash,
         password_stands_alone, password_at, totp_secret, totp_on, totp_at,
         cardinality(recovery_codes) AS recovery_codes_left, wrapped
  FROM accounts JOIN person_keys ON owner = id
  WHERE id = $1 AND wrapped IS NOT NULL)sql";

Task<Credentials> PostgresCredentialStore::Load(std::string account) {
  postgres::Parameters parameters;
  parameters.Add(account);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoadCredentials, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kAccountNotFound);
  }
  co_return CredentialsOf(result.row(0));
}

constexpr char kLoadKey[] = R"sql(
  SELECT wrapped FROM person_keys WHERE owner = $1 AND wrapped IS NOT NULL)sql";

Task<PersonKey> PostgresCredentialStore::KeyOf(postgres::Transaction& transaction,
                                               std::string account) {
  postgres::Parameters parameters;
  parameters.Add(account);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await transaction.Execute(kLoadKey, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kAccountNotFound);
  }
  co_return vault_.KeyOf(std::move(account), result.row(0).Bytes("wrapped"));
}

constexpr char kUpdateCredentials[] = R"sql(
  UPDATE accounts
  SET version = $2, password_hash = $3, password_stands_alone = $4, password_at = $5,
      totp_secret = $6, totp_on = $7, totp_at = $8, recovery_codes = coalesce($9, recovery_codes)
  WHERE id = $1 AND version = $2 - 1)sql";

Task<std::string> PostgresCredentialStore::Save(
    Credentials credentials, std::optional<std::vector<std::string>> recovery_hashes,
    std::string kept_session, std::string act, Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  ASSIGN_OR_CO_RETURN(const PersonKey key, co_await KeyOf(work.transaction(), credentials.account));
  const bool has_password = !credentials.password_hash.empty();
  const bool has_totp = !credentials.totp_secret.empty();
  postgres::Parameters parameters;
  parameters.Add(credentials.account).Add(credentials.version);
  parameters.Add(has_password ? std::optional(credentials.password_hash) : std::nullopt);
  parameters.Add(credentials.password_stands_alone);
  parameters.Add(has_password ? std::optional(credentials.password_at) : std::nullopt);
  if (has_totp) {
    parameters.AddBytes(key.Seal(credentials.totp_secret, kTotpSecret, credentials.account));
  } else {
    parameters.AddNull();
  }
  parameters.Add(credentials.totp_on);
  parameters.Add(has_totp ? std::optional(credentials.totp_at) : std::nullopt);
  if (recovery_hashes.has_value()) {
    parameters.AddTextArray(*recovery_hashes);
  } else {
    parameters.AddNull();
  }
  ASSIGN_OR_CO_RETURN(
      const postgres::Result result,
      co_await work.transaction().Execute(kUpdateCredentials, std::move(parameters)));
  if (result.affected() == 0) {
    co_return Refuse(kAccountChanged);
  }
  AuditEntry entry = EntryOf(reply.key, credentials.account, std::move(act));
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(entry), now));
  if (!kept_session.empty()) {
    CO_RETURN_IF_ERROR(co_await EndSessions(work.transaction(), credentials.account,
                                            std::move(kept_session), "CREDENTIALS", now));
  }
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kUseChallenge[] = R"sql(
  UPDATE challenges SET used = true WHERE id = $1 AND NOT used)sql";

constexpr char kTakePhone[] = R"sql(
  UPDATE accounts SET phone = $2, phone_index = $3, version = version + 1 WHERE id = $1)sql";

constexpr char kTakeEmail[] = R"sql(
  UPDATE accounts SET email = $2, email_index = $3, version = version + 1 WHERE id = $1)sql";

Task<std::string> PostgresCredentialStore::TakeAddress(Challenge challenge, Reply reply,
                                                       absl::Time now) {
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
  ASSIGN_OR_CO_RETURN(const PersonKey key, co_await KeyOf(work.transaction(), challenge.account));
  const bool email = GoesByEmail(challenge);
  const char* column = email ? kEmail : kPhone;
  postgres::Parameters parameters;
  parameters.Add(challenge.account);
  parameters.AddBytes(key.Seal(challenge.destination, column, challenge.account));
  parameters.Add(vault_.IndexOf(column, challenge.destination));
  const absl::StatusOr<postgres::Result> taken =
      co_await work.transaction().Execute(email ? kTakeEmail : kTakePhone, std::move(parameters));
  const std::string constraint = postgres::ConstraintOf(taken.status());
  if (constraint == "accounts_email" || constraint == "accounts_phone") {
    co_return Refuse(kAddressTaken);
  }
  CO_RETURN_IF_ERROR(taken.status());
  AuditEntry entry =
      EntryOf(reply.key, challenge.account, email ? "EMAIL_CHANGED" : "PHONE_CHANGED");
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(entry), now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kRehash[] = R"sql(
  UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2)sql";

Task<void> PostgresCredentialStore::Rehash(std::string account, std::string old_hash,
                                           std::string new_hash) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(old_hash).Add(new_hash);
  CO_RETURN_IF_ERROR(co_await pool_.Query(kRehash, std::move(parameters)));
  co_return absl::OkStatus();
}

constexpr char kUseTotpStep[] = R"sql(
  UPDATE accounts SET totp_step = $2 WHERE id = $1 AND totp_step < $2)sql";

Task<bool> PostgresCredentialStore::UseTotpStep(std::string account, std::int64_t step) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(step);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kUseTotpStep, std::move(parameters)));
  co_return result.affected() == 1;
}

constexpr char kUseRecoveryCode[] = R"sql(
  UPDATE accounts SET recovery_codes = array_remove(recovery_codes, $2)
  WHERE id = $1 AND $2 = ANY (recovery_codes))sql";

Task<bool> PostgresCredentialStore::UseRecoveryCode(std::string account, std::string hash) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(hash);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kUseRecoveryCode, std::move(parameters)));
  co_return result.affected() == 1;
}

}  // namespace houbu::account
