#include "services/account/storage/revocation_rows.h"

#include <optional>
#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

using async::Task;

/// Any number, as long as it is this one: it stands for the order of revocations.
constexpr char kTakeTurn[] = "SELECT pg_advisory_xact_lock(7405001)";

constexpr char kInsertRevocation[] = R"sql(
  INSERT INTO revocations (account_id, session_id, tokens_before, statements_before, restricts,
                           recorded_at)
  VALUES ($1, $2, $3, $4, $5, $6))sql";

/// One thing that is over.
struct Row {
  std::string account;
  std::optional<std::string> session;
  std::optional<absl::Time> tokens_before;
  std::optional<absl::Time> statements_before;
  bool restricts = false;
};

Task<void> Insert(postgres::Transaction& transaction, Row row, absl::Time now) {
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kTakeTurn, postgres::Parameters()));
  postgres::Parameters parameters;
  parameters.Add(row.account).Add(row.session).Add(row.tokens_before).Add(row.statements_before);
  parameters.Add(row.restricts).Add(now);
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kInsertRevocation, std::move(parameters)));
  co_return absl::OkStatus();
}

/// Tokens say when they were issued in whole seconds: those of this second go too.
absl::Time BeforeNextSecond(absl::Time now) {
  return absl::FromUnixSeconds(absl::ToUnixSeconds(now)) + absl::Seconds(1);
}

}  // namespace

Task<void> RevokeSession(postgres::Transaction& transaction, std::string account,
                         std::string session, absl::Time now) {
  Row row;
  row.account = std::move(account);
  row.session = std::move(session);
  return Insert(transaction, std::move(row), now);
}

Task<void> TellRestricted(postgres::Transaction& transaction, std::string account, TakenBack what,
                          absl::Time now) {
  Row row;
  row.account = std::move(account);
  row.restricts = true;
  if (what == TakenBack::kEverything) row.tokens_before = BeforeNextSecond(now);
  if (what != TakenBack::kNothing) row.statements_before = now;
  return Insert(transaction, std::move(row), now);
}

Task<void> RevokeAccount(postgres::Transaction& transaction, std::string account, absl::Time now) {
  Row row;
  row.account = std::move(account);
  row.tokens_before = BeforeNextSecond(now);
  row.statements_before = now;
  return Insert(transaction, std::move(row), now);
}

Task<void> RevokeStatements(postgres::Transaction& transaction, std::string account,
                            absl::Time now) {
  Row row;
  row.account = std::move(account);
  row.statements_before = now;
  return Insert(transaction, std::move(row), now);
}

}  // namespace houbu::account
