// What slot keeps of accounts, and how it is forgotten, on a real PostgreSQL.
#include "libs/process/account_traces.h"

#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/postgres/migrations.h"
#include "libs/testing/blocker_names.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"
#include "services/slot/storage/account_traces.h"
#include "services/slot/storage/schema.h"

namespace houbu::slot {
namespace {

using testing::NamesOf;
using testing::RunTask;

// Without the runs they are of, which do not matter here.
constexpr char kBookings[] = R"sql(
  SET session_replication_role = replica;
  INSERT INTO bookings (id, version, number, account, state, run_id, kind, display_name, time_zone,
                        service_date, class_code, from_stop, to_stop, from_station, from_name,
                        to_station, to_name, departs_at, arrives_at, fare_minor, total_minor,
                        currency, created_at, holder)
  SELECT id, 1, id, account, state, 'r', 'TRAIN', 'G1', 'Asia/Shanghai', '2026-12-01', 'second', 0,
         1, 'A', 'A', 'B', 'B', 'epoch', 'epoch', 1, 1, 'CNY', 'epoch', id
  FROM (VALUES ('bk-1', 'accounts/ac-1', 'HELD'), ('bk-2', 'accounts/ac-1', 'BOOKED'),
               ('bk-3', 'accounts/ac-1', 'CANCELLED'), ('bk-4', 'accounts/ac-1', 'USED'),
               ('bk-5', 'accounts/ac-2', 'EXPIRED')) AS given (id, account, state);
  INSERT INTO booking_places (booking_id, place_index, traveller_key, passenger, masked_name)
  SELECT id, 0, 'key-' || id, account || '/passengers/pg-1', '甲**' FROM bookings;
  INSERT INTO demands (id, version, order_name, account, payment, state, run_id, class_code,
                       from_stop, to_stop, from_station, to_station, departs_at, effective_at,
                       created_at, booking_id)
  VALUES ('dm-1', 1, 'o', 'accounts/ac-1', 'p', 'MATCHED', 'r', 'second', 0, 1, 'A', 'B', 'epoch',
          'epoch', 'epoch', 'bk-6');
  INSERT INTO demand_travellers (demand_id, place_index, traveller_key, passenger, masked_name)
  VALUES ('dm-1', 0, 'key', 'p', '甲**'))sql";

TEST_CASE("slot names what stands and forgets names of what is over", "[slot][erasure][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  boost::asio::io_context loop;
  postgres::PoolOptions options;
  options.conninfo = database->conninfo();
  postgres::Pool pool(loop.get_executor(), options);
  REQUIRE(RunTask(loop, postgres::Migrate(pool, kMigrations)).ok());
  database->Execute(kBookings);
  process::AccountTraces traces(pool,
                                {kLiveOfAccount, {kForgetAccount.begin(), kForgetAccount.end()}});
  CHECK(NamesOf(RunTask(loop, traces.ListLive("accounts/ac-1", 10)).value()) ==
        std::vector<std::string>{"bookings/bk-1", "bookings/bk-2", "bookings/bk-6"});
  CHECK(RunTask(loop, traces.ListLive("accounts/ac-1", 1)).value().size() == 1);
  CHECK(RunTask(loop, traces.ListLive("accounts/ac-2", 10)).value().empty());

  const RequestKey key{"services/account", "/m", "r", "f"};
  for (int i = 0; i < 2; ++i) {
    REQUIRE(
        RunTask(loop, traces.Forget("accounts/ac-1", key, "", absl::FromUnixSeconds(1'793'491'200)))
            .ok());
  }
  const postgres::Result left =
      RunTask(loop, pool.Query("SELECT string_agg(booking_id, ' ') AS named FROM booking_places "
                               "WHERE masked_name <> ''"))
          .value();
  CHECK(left.row(0).Text("named") == "bk-5");
  const postgres::Result line =
      RunTask(loop, pool.Query("SELECT masked_name AS name, traveller_key AS key "
                               "FROM demand_travellers"))
          .value();
  CHECK(line.row(0).Text("name").empty());
  CHECK(line.row(0).Text("key") == "key");
  pool.Close();
}

}  // namespace
}  // namespace houbu::slot
