#include "services/account/storage/erasure_rows.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "services/account/domain/erasure.h"

namespace houbu::account {

using async::Task;

// Files are removed by the sweeper of attachments; without the key nobody reads them meanwhile.
constexpr char kDiscardFiles[] = R"sql(
  UPDATE attachment_files SET discarded_at = $2
  WHERE discarded_at IS NULL
    AND (owner = $1 OR owner IN (SELECT id FROM passengers WHERE account_id = $1)))sql";

constexpr char kDestroyKeys[] = R"sql(
  UPDATE person_keys SET wrapped = NULL, destroyed_at = $2
  WHERE wrapped IS NOT NULL
    AND (owner = $1 OR owner IN (SELECT id FROM passengers WHERE account_id = $1)))sql";

constexpr char kEmptyAccount[] = R"sql(
  UPDATE accounts
  SET version = version + 1, erased_at = $2, phone = NULL, phone_index = NULL, email = NULL,
      email_index = NULL, holder_index = NULL, holder_passenger = NULL, holder_card_index = NULL,
      password_hash = NULL, password_stands_alone = false, password_at = NULL, totp_secret = NULL,
      totp_on = false, totp_at = NULL, recovery_codes = '{}', verification = 'UNVERIFIED',
      verification_reason = '', member = false
  WHERE id = $1 AND erased_at IS NULL)sql";

// Checks stay to be counted; by which card they were is gone.
constexpr char kForgetCards[] = R"sql(
  UPDATE identity_checks
  SET card_index = NULL, given_up_at = CASE WHEN decided_at IS NULL THEN coalesce(given_up_at, $2)
                                            ELSE given_up_at END
  WHERE account_id = $1)sql";

constexpr char kForgetDestinations[] = R"sql(
  UPDATE challenges SET destination = NULL, sent_at = coalesce(sent_at, $2)
  WHERE account_id = $1 AND destination IS NOT NULL)sql";

// Statements that take the account alone, in the order in which rows refer to each other.
constexpr std::array<const char*, 7> kDeletions = {
    "DELETE FROM attachments WHERE account_id = $1",
    "DELETE FROM guardianships WHERE account_id = $1",
    "DELETE FROM consents WHERE account_id = $1",
    "DELETE FROM passenger_documents WHERE account_id = $1",
    "DELETE FROM passengers WHERE account_id = $1",
    R"sql(DELETE FROM refresh_tokens
          WHERE session_id IN (SELECT id FROM sessions WHERE account_id = $1))sql",
    "DELETE FROM sessions WHERE account_id = $1"};

constexpr char kForgetAnswers[] = "DELETE FROM request_answers WHERE caller = $1";

Task<void> EraseRows(postgres::Transaction& transaction, std::string account, absl::Time now) {
  for (const char* const statement :
       {kDiscardFiles, kDestroyKeys, kEmptyAccount, kForgetCards, kForgetDestinations}) {
    postgres::Parameters parameters;
    parameters.Add(account).Add(now);
    CO_RETURN_IF_ERROR(co_await transaction.Execute(statement, std::move(parameters)));
  }
  for (const char* const statement : kDeletions) {
    postgres::Parameters parameters;
    parameters.Add(account);
    CO_RETURN_IF_ERROR(co_await transaction.Execute(statement, std::move(parameters)));
  }
  postgres::Parameters caller;
  caller.Add(absl::StrCat("accounts/", account));
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kForgetAnswers, std::move(caller)));
  co_return absl::OkStatus();
}

// One statement is one snapshot: rows are deleted side by side, and what refers to what is checked
// at its end.
constexpr char kSweepPassengers[] = R"sql(
  WITH over AS (
    SELECT id FROM passengers WHERE removed_at < $1 ORDER BY removed_at LIMIT $3
  ), discarded AS (
    UPDATE attachment_files SET discarded_at = $2
    WHERE owner IN (SELECT id FROM over) AND discarded_at IS NULL
  ), destroyed AS (
    UPDATE person_keys SET wrapped = NULL, destroyed_at = $2
    WHERE owner IN (SELECT id FROM over) AND wrapped IS NOT NULL
  ), attached AS (
    DELETE FROM attachments WHERE owner IN (SELECT id FROM over)
  ), documents AS (
    DELETE FROM passenger_documents WHERE passenger_id IN (SELECT id FROM over)
  )
  DELETE FROM passengers WHERE id IN (SELECT id FROM over))sql";

constexpr char kSweepDocuments[] = R"sql(
  DELETE FROM passenger_documents WHERE id IN (
    SELECT id FROM passenger_documents WHERE removed_at < $1 ORDER BY removed_at LIMIT $2))sql";

Task<int> SweepRemovedPassengers(postgres::Pool& pool, absl::Time before, absl::Time now,
                                 int limit) {
  postgres::Parameters passengers;
  passengers.Add(before).Add(now).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result people,
                      co_await pool.Query(kSweepPassengers, std::move(passengers)));
  postgres::Parameters documents;
  documents.Add(before).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result papers,
                      co_await pool.Query(kSweepDocuments, std::move(documents)));
  co_return static_cast<int>(std::max(people.affected(), papers.affected()));
}

constexpr char kHoldAccount[] = "SELECT id FROM accounts WHERE id = $1 FOR SHARE";

constexpr char kIsClosing[] = R"sql(
  SELECT EXISTS (SELECT FROM erasures WHERE account_id = $1 AND state = 'CLOSING') AS closing)sql";

Task<void> CheckNotClosing(postgres::Transaction& transaction, std::string account) {
  postgres::Parameters hold;
  hold.Add(account);
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kHoldAccount, std::move(hold)));
  postgres::Parameters parameters;
  parameters.Add(account);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await transaction.Execute(kIsClosing, std::move(parameters)));
  co_return result.row(0).Bool("closing") ? Refuse(kAccountClosing) : absl::OkStatus();
}

}  // namespace houbu::account
