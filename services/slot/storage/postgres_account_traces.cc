#include "services/slot/storage/postgres_account_traces.h"

#include <array>
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/postgres/unit_of_work.h"

namespace houbu::slot {

constexpr char kListLive[] = R"sql(
  SELECT 'bookings/' || id AS name FROM bookings
  WHERE account = $1 AND state IN ('HELD', 'PENDING_PAYMENT', 'BOOKED')
  UNION
  SELECT 'bookings/' || booking_id FROM demands WHERE account = $1 AND state = 'MATCHED'
  ORDER BY name LIMIT $2)sql";

Task<std::vector<LiveThing>> PostgresAccountTraces::ListLive(std::string account, int limit) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kListLive, std::move(parameters)));
  std::vector<LiveThing> things;
  for (int i = 0; i < result.rows(); ++i) {
    things.push_back(result.row(i).Text("name"));
  }
  co_return things;
}

constexpr std::array<const char*, 3> kForget = {
    R"sql(
      UPDATE booking_places SET masked_name = ''
      WHERE masked_name <> '' AND booking_id IN (SELECT id FROM bookings WHERE account = $1))sql",
    R"sql(
      UPDATE demand_travellers SET masked_name = ''
      WHERE masked_name <> '' AND demand_id IN (SELECT id FROM demands WHERE account = $1))sql",
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

}  // namespace houbu::slot
