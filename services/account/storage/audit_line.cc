#include "services/account/storage/audit_line.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {

constexpr char kInsertAudit[] = R"sql(
  INSERT INTO audit_log (at, actor, account_id, act) VALUES ($1, $2, $3, $4))sql";

async::Task<void> InsertAuditLine(postgres::Transaction& transaction, AuditLine line,
                                  absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(now).Add(line.actor).Add(line.account).Add(line.act);
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kInsertAudit, std::move(parameters)));
  co_return absl::OkStatus();
}

}  // namespace houbu::account
