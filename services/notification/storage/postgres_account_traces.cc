#include "services/notification/storage/postgres_account_traces.h"

#include <array>
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/postgres/unit_of_work.h"

namespace houbu::notification {

constexpr std::array<const char*, 4> kForget = {
    R"sql(
      DELETE FROM deliveries
      WHERE message IN (SELECT id FROM messages WHERE account = $1))sql",
    "DELETE FROM messages WHERE account = $1", "DELETE FROM contacts WHERE account = $1",
    "DELETE FROM request_answers WHERE caller = $1"};

Task<void> PostgresAccountTraces::Forget(std::string account, RequestKey key, std::string answer,
                                         absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work, co_await postgres::UnitOfWork::Begin(pool_, key));
  if (work.answer().has_value()) {
    co_return absl::OkStatus();
  }
  for (const char* const statement : kForget) {
    postgres::Parameters parameters;
    parameters.Add(account);
    CO_RETURN_IF_ERROR(co_await work.transaction().Execute(statement, std::move(parameters)));
  }
  co_return co_await work.Commit(std::move(answer), now);
}

}  // namespace houbu::notification
