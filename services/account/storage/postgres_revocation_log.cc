#include "services/account/storage/postgres_revocation_log.h"

#include <cstddef>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/account/storage/restriction_rows.h"

namespace houbu::account {

constexpr char kListRevocations[] = R"sql(
  SELECT position, account_id, session_id, tokens_before, statements_before, restricts
  FROM revocations WHERE position > $1 AND recorded_at >= $2
  ORDER BY position LIMIT $3)sql";

Task<std::vector<Revoked>> PostgresRevocationLog::After(std::int64_t position, absl::Time since,
                                                        int limit) {
  postgres::Parameters parameters;
  parameters.Add(position).Add(since).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kListRevocations, std::move(parameters)));
  std::vector<Revoked> revoked;
  for (int i = 0; i < result.rows(); ++i) {
    const postgres::Row row = result.row(i);
    Revoked entry;
    entry.position = row.Int64("position");
    entry.account = row.Text("account_id");
    entry.session = row.OptionalText("session_id").value_or("");
    entry.tokens_before = row.OptionalTime("tokens_before");
    entry.statements_before = row.OptionalTime("statements_before");
    if (row.Bool("restricts")) entry.bars.emplace();
    revoked.push_back(std::move(entry));
  }
  // As of now, not as of then: what changed since is told once more by an entry of its own.
  for (std::size_t i = 0; i < revoked.size(); ++i) {
    if (!revoked[i].bars.has_value()) continue;
    ASSIGN_OR_CO_RETURN(const std::vector<Restriction> active,
                        co_await UnliftedRestrictionsOf(pool_, revoked[i].account, since));
    revoked[i].bars = BarsOf(active);
  }
  co_return revoked;
}

}  // namespace houbu::account
