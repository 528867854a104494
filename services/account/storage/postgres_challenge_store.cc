#include "services/account/storage/postgres_challenge_store.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/unit_of_work.h"

namespace houbu::account {
namespace {

constexpr char kDestination[] = "challenges/destination";
constexpr char kIdentifier[] = "challenges/identifier";
constexpr char kAddress[] = "challenges/address";

absl::StatusOr<CodePurpose> ParsePurpose(absl::string_view name) {
  for (const CodePurpose purpose :
       {CodePurpose::kSignIn, CodePurpose::kPhoneChange, CodePurpose::kEmailChange}) {
    if (CodePurposeName(purpose) == name) {
      return purpose;
    }
  }
  return absl::InternalError("unknown purpose of a code");
}

}  // namespace

std::optional<std::string> PostgresChallengeStore::IndexOf(absl::string_view column,
                                                           const std::string& value) const {
  return value.empty() ? std::nullopt : std::optional<std::string>(vault_.IndexOf(column, value));
}

Task<std::optional<std::string>> PostgresChallengeStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

// The sum of all is read no further than a day's index entries of one hour.
constexpr char kCountAsked[] = R"sql(
  SELECT
    (SELECT count(*) FROM challenges WHERE identifier_index = $1 AND created_at > $4)
      AS identifier_hour,
    (SELECT count(*) FROM challenges WHERE identifier_index = $1 AND created_at > $5)
      AS identifier_day,
    (SELECT count(*) FROM challenges
      WHERE destination_index = $2 AND destination IS NOT NULL AND created_at > $5)
      AS destination_day,
    (SELECT count(*) FROM challenges WHERE address_index = $3 AND created_at > $4)
      AS address_hour,
    (SELECT count(*) FROM challenges WHERE created_at > $4) AS total_hour)sql";

Task<CodesAsked> PostgresChallengeStore::CountAsked(CodeCount count, absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(IndexOf(kIdentifier, count.identifier));
  parameters.Add(IndexOf(kDestination, count.destination));
  parameters.Add(IndexOf(kAddress, count.address));
  parameters.Add(now - absl::Hours(1)).Add(now - absl::Hours(24));
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kCountAsked, std::move(parameters)));
  const postgres::Row row = result.row(0);
  CodesAsked asked;
  asked.identifier_hour = row.Int32("identifier_hour");
  asked.identifier_day = row.Int32("identifier_day");
  asked.destination_day = row.Int32("destination_day");
  asked.address_hour = row.Int32("address_hour");
  asked.total_hour = row.Int32("total_hour");
  co_return asked;
}

constexpr char kInsertChallenge[] = R"sql(
  INSERT INTO challenges (id, purpose, account_id, destination, destination_index,
                          identifier_index, address_index, language, attempts, used, created_at,
                          expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, false, $9, $10))sql";

Task<std::string> PostgresChallengeStore::Add(Challenge challenge, CodeCount count, Reply reply,
                                              absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(challenge.id).Add(CodePurposeName(challenge.purpose));
  parameters.Add(challenge.account.empty() ? std::nullopt : std::optional(challenge.account));
  if (challenge.destination.empty()) {
    parameters.AddNull();
  } else {
    parameters.AddBytes(vault_.Seal(challenge.destination, kDestination, challenge.id));
  }
  parameters.Add(IndexOf(kDestination, count.destination));
  parameters.Add(IndexOf(kIdentifier, count.identifier));
  parameters.Add(IndexOf(kAddress, count.address)).Add(challenge.language);
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

absl::StatusOr<Challenge> PostgresChallengeStore::ChallengeOf(const postgres::Row& row) const {
  Challenge challenge;
  challenge.id = row.Text("id");
  ASSIGN_OR_RETURN(challenge.purpose, ParsePurpose(row.Text("purpose")));
  challenge.account = row.OptionalText("account_id").value_or("");
  if (const std::optional<std::string> box = row.OptionalBytes("destination")) {
    ASSIGN_OR_RETURN(challenge.destination, vault_.Open(*box, kDestination, challenge.id));
  }
  challenge.language = row.Text("language");
  challenge.attempts = row.Int32("attempts");
  challenge.used = row.Bool("used");
  challenge.created_at = row.Time("created_at");
  challenge.expires_at = row.Time("expires_at");
  return challenge;
}

constexpr char kLoadChallenge[] = R"sql(
  SELECT id, purpose, account_id, destination, language, attempts, used, created_at, expires_at
  FROM challenges WHERE id = $1)sql";

Task<Challenge> PostgresChallengeStore::Load(std::string id) {
  postgres::Parameters parameters;
  parameters.Add(id);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoadChallenge, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kCodeRefused);
  }
  co_return ChallengeOf(result.row(0));
}

constexpr char kCountAttempt[] = R"sql(
  UPDATE challenges SET attempts = attempts + 1 WHERE id = $1
  RETURNING attempts - 1 AS before)sql";

Task<int> PostgresChallengeStore::CountAttempt(std::string id) {
  postgres::Parameters parameters;
  parameters.Add(id);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kCountAttempt, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kCodeRefused);
  }
  co_return result.row(0).Int32("before");
}

constexpr char kListUnsent[] = R"sql(
  SELECT id, purpose, account_id, destination, language, attempts, used, created_at, expires_at
  FROM challenges
  WHERE sent_at IS NULL AND destination IS NOT NULL AND expires_at > $1
  ORDER BY created_at LIMIT $2)sql";

Task<std::vector<Challenge>> PostgresChallengeStore::ListUnsent(absl::Time now, int limit) {
  postgres::Parameters parameters;
  parameters.Add(now).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kListUnsent, std::move(parameters)));
  std::vector<Challenge> unsent;
  for (int i = 0; i < result.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(Challenge challenge, ChallengeOf(result.row(i)));
    unsent.push_back(std::move(challenge));
  }
  co_return unsent;
}

constexpr char kMarkSent[] = R"sql(
  UPDATE challenges SET sent_at = $2 WHERE id = $1 AND sent_at IS NULL)sql";

Task<void> PostgresChallengeStore::MarkSent(std::string id, absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(id).Add(now);
  CO_RETURN_IF_ERROR(co_await pool_.Query(kMarkSent, std::move(parameters)));
  co_return absl::OkStatus();
}

}  // namespace houbu::account
