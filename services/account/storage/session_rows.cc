#include "services/account/storage/session_rows.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "services/account/storage/revocation_rows.h"

namespace houbu::account {

constexpr char kEndSessions[] = R"sql(
  UPDATE sessions SET ended_at = $3, end_reason = $4
  WHERE account_id = $1 AND id <> $2 AND ended_at IS NULL
  RETURNING id, token_expires_at > $3 AS has_token)sql";

async::Task<int> EndSessions(postgres::Transaction& transaction, std::string account,
                             std::string kept, std::string reason, absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(kept).Add(now).Add(reason);
  ASSIGN_OR_CO_RETURN(const postgres::Result ended,
                      co_await transaction.Execute(kEndSessions, std::move(parameters)));
  for (int i = 0; i < ended.rows(); ++i) {
    if (ended.row(i).Bool("has_token")) {
      std::string id = ended.row(i).Text("id");
      CO_RETURN_IF_ERROR(co_await RevokeSession(transaction, account, std::move(id), now));
    }
  }
  co_return ended.rows();
}

}  // namespace houbu::account
