#include "services/account/storage/postgres_proofs.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {

constexpr char kFind[] = R"sql(
  SELECT EXISTS (
    SELECT 1 FROM attachments
    WHERE 'accounts/' || account_id || '/attachments/' || id = $2 AND account_id = $1
      AND kind = 'GUARDIANSHIP_PROOF' AND state <> 'REJECTED') AS found)sql";

Task<bool> PostgresProofs::IsOwn(std::string account, std::string attachment) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(attachment);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kFind, std::move(parameters)));
  co_return result.row(0).Bool("found");
}

}  // namespace houbu::account
