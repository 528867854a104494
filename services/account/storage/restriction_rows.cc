#include "services/account/storage/restriction_rows.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "services/account/storage/revocation_rows.h"

namespace houbu::account {

absl::StatusOr<std::vector<Restriction>> RestrictionsIn(const postgres::Result& result) {
  std::vector<Restriction> restrictions;
  for (int i = 0; i < result.rows(); ++i) {
    const postgres::Row row = result.row(i);
    Restriction restriction;
    restriction.id = row.Text("id");
    restriction.account = row.Text("account_id");
    ASSIGN_OR_RETURN(restriction.level, ParseRestrictionLevel(row.Text("level")));
    restriction.reason_code = row.Text("reason_code");
    restriction.text = row.Text("description");
    restriction.imposed_by = row.Text("imposed_by");
    restriction.ban = row.OptionalText("ban").value_or("");
    restriction.since = row.Time("since");
    restriction.until = row.OptionalTime("until");
    restriction.lifted_at = row.OptionalTime("lifted_at");
    restriction.lifted_by = row.Text("lifted_by");
    restriction.lift_reason = row.Text("lift_reason");
    restrictions.push_back(std::move(restriction));
  }
  return restrictions;
}

constexpr char kInsert[] = R"sql(
  INSERT INTO restrictions (id, account_id, level, reason_code, description, imposed_by, ban, since,
                            until, lifted_by, lift_reason)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', ''))sql";

Task<void> InsertRestriction(postgres::Transaction& transaction, Restriction restriction) {
  postgres::Parameters parameters;
  parameters.Add(restriction.id).Add(restriction.account).Add(NameOf(restriction.level));
  parameters.Add(restriction.reason_code).Add(restriction.text).Add(restriction.imposed_by);
  if (restriction.ban.empty()) {
    parameters.AddNull();
  } else {
    parameters.Add(restriction.ban);
  }
  parameters.Add(restriction.since).Add(restriction.until);
  ASSIGN_OR_CO_RETURN(const postgres::Result inserted,
                      co_await transaction.Execute(kInsert, std::move(parameters)));
  co_return absl::OkStatus();
}

constexpr char kKeptFromSignIn[] = R"sql(
  SELECT id, account_id, level, reason_code, description, imposed_by, ban, since, until, lifted_at,
         lifted_by, lift_reason
  FROM restrictions
  WHERE account_id IN (SELECT accounts_of_person($1)) AND level = 'SIGN_IN'
    AND lifted_at IS NULL AND since <= $2 AND (until IS NULL OR until > $2))sql";

Task<void> CheckSignIn(postgres::Transaction& transaction, std::string account, absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(now);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await transaction.Execute(kKeptFromSignIn, std::move(parameters)));
  ASSIGN_OR_CO_RETURN(const std::vector<Restriction> active, RestrictionsIn(result));
  const std::vector<RestrictionLevel> levels = {RestrictionLevel::kSignIn};
  co_return CheckUnrestricted(active, levels);
}

namespace {

constexpr char kAccounts[] = "SELECT accounts_of_person($1) AS account_id ORDER BY account_id";

/// Tells it of all accounts of the person.
Task<void> TellPerson(postgres::Transaction& transaction, std::string account, TakenBack what,
                      absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(account);
  ASSIGN_OR_CO_RETURN(const postgres::Result accounts,
                      co_await transaction.Execute(kAccounts, std::move(parameters)));
  for (int i = 0; i < accounts.rows(); ++i) {
    std::string each = accounts.row(i).Text("account_id");
    CO_RETURN_IF_ERROR(co_await TellRestricted(transaction, std::move(each), what, now));
  }
  co_return absl::OkStatus();
}

}  // namespace

Task<void> RevokeOf(postgres::Transaction& transaction, std::string account, RestrictionLevel level,
                    absl::Time now) {
  const TakenBack what =
      level == RestrictionLevel::kSignIn ? TakenBack::kEverything : TakenBack::kStatements;
  return TellPerson(transaction, std::move(account), what, now);
}

Task<void> TellLifted(postgres::Transaction& transaction, std::string account, absl::Time now) {
  return TellPerson(transaction, std::move(account), TakenBack::kNothing, now);
}

constexpr char kUnlifted[] = R"sql(
  SELECT id, account_id, level, reason_code, description, imposed_by, ban, since, until, lifted_at,
         lifted_by, lift_reason
  FROM restrictions
  WHERE account_id IN (SELECT accounts_of_person($1))
    AND lifted_at IS NULL AND (until IS NULL OR until > $2)
  ORDER BY id)sql";

Task<std::vector<Restriction>> UnliftedRestrictionsOf(postgres::Pool& pool, std::string account,
                                                      absl::Time since) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(since);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool.Query(kUnlifted, std::move(parameters)));
  co_return RestrictionsIn(result);
}

absl::string_view NameOf(BanKind kind) { return kind == BanKind::kBan ? "BAN" : "LIFT"; }

absl::string_view NameOf(BanState state) {
  switch (state) {
    case BanState::kOpen:
      return "OPEN";
    case BanState::kApproved:
      return "APPROVED";
    case BanState::kRejected:
      return "REJECTED";
  }
  return "";
}

absl::StatusOr<std::vector<BanProposal>> ProposalsIn(const postgres::Result& result) {
  std::vector<BanProposal> proposals;
  for (int i = 0; i < result.rows(); ++i) {
    const postgres::Row row = result.row(i);
    BanProposal proposal;
    proposal.id = row.Text("id");
    proposal.account = row.Text("account_id");
    proposal.kind = row.Text("kind") == "BAN" ? BanKind::kBan : BanKind::kLift;
    proposal.reason = row.Text("reason");
    proposal.maker = row.Text("maker");
    proposal.made_at = row.Time("made_at");
    const std::string state = row.Text("state");
    proposal.state = state == "OPEN"       ? BanState::kOpen
                     : state == "APPROVED" ? BanState::kApproved
                                           : BanState::kRejected;
    proposal.checker = row.Text("checker");
    proposal.comment = row.Text("comment");
    proposal.decided_at = row.OptionalTime("decided_at");
    proposals.push_back(std::move(proposal));
  }
  return proposals;
}

}  // namespace houbu::account
