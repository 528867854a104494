#include "services/account/storage/postgres_check_store.h"

#include <algorithm>
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/postgres/errors.h"
#include "services/account/storage/account_rows.h"
#include "services/account/storage/audit_chain.h"

namespace houbu::account {
namespace {

IdentityCheck CheckOf(const postgres::Row& row) {
  IdentityCheck check;
  check.id = row.Text("id");
  check.account = row.Text("account_id");
  check.passenger = row.Text("passenger_id");
  check.request_id = row.Text("request_id");
  check.fingerprint = row.Text("fingerprint");
  check.asked_at = row.Time("asked_at");
  check.asking_until = row.OptionalTime("asking_until");
  check.taken = !row.IsNull("taken_at");
  check.ended = !row.IsNull("ended_at");
  return check;
}

}  // namespace

constexpr char kCountChecks[] = R"sql(
  SELECT count(*) AS checks FROM identity_checks
  WHERE account_id IN (SELECT accounts_of_person($1)) AND asked_at > $2
    AND decided_at IS NOT NULL)sql";

Task<int> PostgresCheckStore::Count(std::string account, absl::Time since) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(since);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kCountChecks, std::move(parameters)));
  co_return result.row(0).Int32("checks");
}

constexpr char kFindCheck[] = R"sql(
  SELECT id, account_id, passenger_id, request_id, fingerprint, asked_at, asking_until, taken_at,
         coalesce(decided_at, given_up_at) AS ended_at
  FROM identity_checks
  WHERE account_id = $1 AND (request_id = $2
                              OR decided_at IS NULL AND given_up_at IS NULL)
  ORDER BY request_id = $2 DESC, asked_at DESC LIMIT 1)sql";

Task<std::optional<IdentityCheck>> PostgresCheckStore::Find(std::string account, RequestKey key) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(key.request_id);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kFindCheck, std::move(parameters)));
  std::optional<IdentityCheck> found;
  if (result.empty()) {
    co_return found;
  }
  found = CheckOf(result.row(0));
  if (found->request_id == key.request_id && found->fingerprint != key.fingerprint) {
    co_return Refuse(postgres::kRequestIdReused);
  }
  co_return found;
}

constexpr char kLoadCheck[] = R"sql(
  SELECT id, account_id, passenger_id, request_id, fingerprint, asked_at, asking_until, taken_at,
         coalesce(decided_at, given_up_at) AS ended_at
  FROM identity_checks WHERE id = $1)sql";

Task<IdentityCheck> PostgresCheckStore::Load(std::string id) {
  postgres::Parameters parameters;
  parameters.Add(id);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoadCheck, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kCheckNotFound);
  }
  co_return CheckOf(result.row(0));
}

constexpr char kSupersede[] = R"sql(
  UPDATE identity_checks SET given_up_at = $2, reason = $3, card_index = NULL
  WHERE account_id = $1 AND decided_at IS NULL AND given_up_at IS NULL)sql";

constexpr char kInsertCheck[] = R"sql(
  INSERT INTO identity_checks (id, account_id, passenger_id, request_id, fingerprint, card_index,
                               asked_at, asking_until, next_ask_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8))sql";

Task<void> PostgresCheckStore::Begin(Account account, IdentityCheck check, std::string card) {
  postgres::Parameters former;
  former.Add(check.account).Add(check.asked_at).Add(kSuperseded);
  postgres::Parameters parameters;
  parameters.Add(check.id).Add(check.account).Add(check.passenger);
  parameters.Add(check.request_id).Add(check.fingerprint).Add(HolderCardIndex(vault_, card));
  parameters.Add(check.asked_at).Add(check.asking_until.value_or(check.asked_at));
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::nullopt));
  CO_RETURN_IF_ERROR(co_await ReplaceAccount(work.transaction(), vault_, std::move(account)));
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kSupersede, std::move(former)));
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kInsertCheck, std::move(parameters)));
  co_return co_await work.Commit("", check.asked_at);
}

constexpr char kMarkAsking[] = R"sql(
  UPDATE identity_checks SET asking_until = $2
  WHERE id = $1 AND decided_at IS NULL AND given_up_at IS NULL)sql";

Task<void> PostgresCheckStore::MarkAsking(std::string id, std::optional<absl::Time> until) {
  postgres::Parameters parameters;
  parameters.Add(id).Add(until);
  const absl::StatusOr<postgres::Result> marked =
      co_await pool_.Query(kMarkAsking, std::move(parameters));
  co_return marked.status();
}

constexpr char kMarkTaken[] = R"sql(
  UPDATE identity_checks SET taken_at = coalesce(taken_at, $2), asking_until = NULL
  WHERE id = $1 AND decided_at IS NULL AND given_up_at IS NULL)sql";

Task<void> PostgresCheckStore::MarkTaken(std::string id, std::optional<Reply> reply,
                                         absl::Time now) {
  std::optional<RequestKey> key;
  std::string answer;
  if (reply.has_value()) {
    key = std::move(reply->key);
    answer = std::move(reply->answer);
  }
  postgres::Parameters parameters;
  parameters.Add(id).Add(now);
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::move(key)));
  if (work.answer().has_value()) {
    co_return absl::OkStatus();
  }
  ASSIGN_OR_CO_RETURN(const postgres::Result marked,
                      co_await work.transaction().Execute(kMarkTaken, std::move(parameters)));
  if (marked.affected() == 0) {
    co_return Refuse(kCheckDecided);
  }
  co_return co_await work.Commit(std::move(answer), now);
}

// Held until the commit: a card that is changed at this moment is changed after it.
constexpr char kHoldPassenger[] = R"sql(
  SELECT version FROM passengers
  WHERE account_id = $1 AND id = $2 AND removed_at IS NULL FOR SHARE)sql";

/// Holds the passenger as it was read.
Task<void> HoldPassenger(postgres::Transaction& transaction, IdentityCheck check,
                         std::int64_t version) {
  postgres::Parameters parameters;
  parameters.Add(check.account).Add(check.passenger);
  ASSIGN_OR_CO_RETURN(const postgres::Result held,
                      co_await transaction.Execute(kHoldPassenger, std::move(parameters)));
  if (held.empty()) {
    co_return Refuse(kHolderChanged);
  }
  co_return held.row(0).Int64("version") == version ? absl::OkStatus() : Refuse(kPassengerChanged);
}

// The card's index has served once the check has ended.
constexpr char kDecideCheck[] = R"sql(
  WITH held AS (
    SELECT id, card_index FROM identity_checks
    WHERE id = $1 AND decided_at IS NULL AND given_up_at IS NULL FOR UPDATE)
  UPDATE identity_checks c
  SET decided_at = CASE WHEN $5 THEN $2::timestamptz END, result = CASE WHEN $5 THEN $3 END,
      given_up_at = CASE WHEN NOT $5 THEN $2::timestamptz END, reason = $4, asking_until = NULL,
      card_index = NULL
  FROM held WHERE c.id = held.id
  RETURNING coalesce(held.card_index, '') AS card_index)sql";

Task<void> PostgresCheckStore::Decide(postgres::Transaction& transaction, CheckEnding ending,
                                      absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(ending.check.id).Add(now).Add(VerificationName(ending.verdict.verification));
  parameters.Add(ending.verdict.reason).Add(IsResult(ending.verdict));
  ASSIGN_OR_CO_RETURN(const postgres::Result decided,
                      co_await transaction.Execute(kDecideCheck, std::move(parameters)));
  if (decided.empty()) {
    co_return Refuse(kCheckDecided);
  }
  if (!ending.account.has_value() || !ending.verdict.is_about_card) {
    co_return absl::OkStatus();
  }
  const std::string card = HolderCardIndex(vault_, ending.account->holder->card);
  co_return decided.row(0).Text("card_index") == card ? absl::OkStatus() : Refuse(kHolderChanged);
}

Task<std::string> PostgresCheckStore::End(CheckEnding ending, absl::Time now) {
  std::optional<RequestKey> key;
  std::string answer;
  if (ending.reply.has_value()) {
    key = ending.reply->key;
    answer = ending.reply->answer;
  }
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::move(key)));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  if (ending.account.has_value()) {
    if (ending.verdict.is_about_card) {
      CO_RETURN_IF_ERROR(
          co_await HoldPassenger(work.transaction(), ending.check, ending.holder_version));
    }
    Account account = *ending.account;
    if (account.verification != Verification::kVerified) {
      account.holder.reset();
    }
    CO_RETURN_IF_ERROR(co_await ReplaceAccount(work.transaction(), vault_, std::move(account)));
    CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), ending.audit, now));
  }
  CO_RETURN_IF_ERROR(co_await Decide(work.transaction(), ending, now));
  if (ending.is_told) {
    postgres::OutboxCall call = encode_(ending, now);
    CO_RETURN_IF_ERROR(co_await work.Enqueue(std::move(call)));
  }
  CO_RETURN_IF_ERROR(co_await work.Commit(answer, now));
  co_return answer;
}

Task<std::string> PostgresCheckStore::Answer(Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

// The pause is a quarter of the check's age, between the interval and a minute.
constexpr char kTakeDue[] = R"sql(
  UPDATE identity_checks
  SET next_ask_at = $1::timestamptz +
        greatest($2 * interval '1 millisecond',
                 least(interval '1 minute', ($1::timestamptz - asked_at) / 4))
  WHERE id IN (
    SELECT id FROM identity_checks
    WHERE decided_at IS NULL AND given_up_at IS NULL AND next_ask_at <= $1::timestamptz
    ORDER BY next_ask_at LIMIT $3 FOR UPDATE SKIP LOCKED)
  RETURNING id, account_id, passenger_id, request_id, fingerprint, asked_at, asking_until,
            taken_at, NULL::timestamptz AS ended_at)sql";

Task<std::vector<IdentityCheck>> PostgresCheckStore::TakeDue(absl::Time now,
                                                             absl::Duration interval, int limit) {
  postgres::Parameters parameters;
  parameters.Add(now).Add(absl::ToInt64Milliseconds(interval)).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kTakeDue, std::move(parameters)));
  std::vector<IdentityCheck> due;
  for (int i = 0; i < result.rows(); ++i) {
    due.push_back(CheckOf(result.row(i)));
  }
  co_return due;
}

constexpr char kCountOpen[] = R"sql(
  SELECT count(*) AS open, min(asked_at) AS oldest
  FROM identity_checks WHERE decided_at IS NULL AND given_up_at IS NULL)sql";

Task<OpenChecks> PostgresCheckStore::CountOpen(absl::Time now) {
  ASSIGN_OR_CO_RETURN(const postgres::Result result, co_await pool_.Query(kCountOpen));
  OpenChecks open;
  open.count = result.row(0).Int32("open");
  if (const std::optional<absl::Time> oldest = result.row(0).OptionalTime("oldest")) {
    open.oldest_age = std::max(now - *oldest, absl::ZeroDuration());
  }
  co_return open;
}

constexpr char kTakeNonce[] = R"sql(
  INSERT INTO identity_callbacks (nonce, received_at) VALUES ($1, $2)
  ON CONFLICT (nonce) DO NOTHING)sql";

Task<bool> PostgresCheckStore::TakeNonce(std::string nonce, absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(nonce).Add(now);
  ASSIGN_OR_CO_RETURN(const postgres::Result taken,
                      co_await pool_.Query(kTakeNonce, std::move(parameters)));
  co_return taken.affected() == 1;
}

constexpr char kForgetNonces[] = R"sql(
  DELETE FROM identity_callbacks WHERE received_at < $1)sql";

Task<void> PostgresCheckStore::ForgetNonces(absl::Time before) {
  postgres::Parameters parameters;
  parameters.Add(before);
  const absl::StatusOr<postgres::Result> forgotten =
      co_await pool_.Query(kForgetNonces, std::move(parameters));
  co_return forgotten.status();
}

}  // namespace houbu::account
