#include "services/slot/storage/postgres_demands.h"

#include <optional>
#include <string>
#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {

using async::Task;
using postgres::Parameters;

constexpr char kLoadDemand[] = R"sql(
  SELECT id, version, order_name, account, payment, state, run_id, class_code, from_stop, to_stop,
         from_station, to_station, departs_at, effective_at, created_at, booking_id, units,
         fare_minor, fail_reason,
         ARRAY(SELECT traveller_key FROM demand_travellers WHERE demand_id = id
               ORDER BY place_index) AS keys,
         ARRAY(SELECT passenger FROM demand_travellers WHERE demand_id = id
               ORDER BY place_index) AS passengers,
         ARRAY(SELECT masked_name FROM demand_travellers WHERE demand_id = id
               ORDER BY place_index) AS names
  FROM demands WHERE id = $1)sql";

Task<Demand> PostgresDemands::Load(DemandId id) {
  Parameters params;
  params.Add(id.value());
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kLoadDemand, std::move(params)));
  if (rows.empty()) co_return Refuse(kDemandNotFound);
  const postgres::Row row = rows.row(0);
  Demand demand;
  demand.id = std::move(id);
  demand.version = row.Int64("version");
  demand.order = row.Text("order_name");
  demand.account = row.Text("account");
  demand.payment = row.Text("payment");
  const std::optional<DemandState> state = ParseDemandState(row.Text("state"));
  if (!state.has_value()) co_return absl::InternalError("a demand in an unknown state");
  demand.state = *state;
  demand.run = RunId(row.Text("run_id"));
  demand.class_code = row.Text("class_code");
  demand.legs.from = row.Int32("from_stop");
  demand.legs.to = row.Int32("to_stop");
  demand.from_station = row.Text("from_station");
  demand.to_station = row.Text("to_station");
  demand.departs_at = row.Time("departs_at");
  demand.effective_at = row.Time("effective_at");
  demand.created_at = row.Time("created_at");
  demand.booking = BookingId(row.Text("booking_id"));
  for (const std::int64_t unit : row.IntArray("units")) {
    demand.units.push_back(static_cast<int>(unit));
  }
  if (!row.IsNull("fare_minor")) demand.fare = Fen(row.Int64("fare_minor"));
  demand.fail_reason = row.Text("fail_reason");
  const std::vector<std::string> keys = row.TextArray("keys");
  const std::vector<std::string> passengers = row.TextArray("passengers");
  const std::vector<std::string> names = row.TextArray("names");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    demand.travellers.push_back(Traveller{keys[i], passengers[i], names[i]});
  }
  co_return demand;
}

constexpr char kDeparted[] = R"sql(
  SELECT id FROM demands WHERE state = 'WAITING' AND departs_at <= $1
  ORDER BY departs_at, id LIMIT $2)sql";

Task<std::vector<DemandId>> PostgresDemands::Departed(absl::Time now, int limit) {
  Parameters params;
  params.Add(now).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kDeparted, std::move(params)));
  std::vector<DemandId> departed;
  departed.reserve(static_cast<std::size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) departed.emplace_back(rows.row(i).Text("id"));
  co_return departed;
}

}  // namespace houbu::slot
