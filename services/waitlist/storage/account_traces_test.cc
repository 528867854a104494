// What waitlist keeps of accounts, and how it is forgotten, on a real PostgreSQL.
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
#include "services/waitlist/storage/account_traces.h"
#include "services/waitlist/storage/schema.h"

namespace houbu::waitlist {
namespace {

using testing::NamesOf;
using testing::RunTask;

constexpr char kOrders[] = R"sql(
  INSERT INTO orders (id, version, account, state, end_reason, choices, travellers, currency,
                      prepayment_minor, payment, created_at, pay_by, deadline, effective_at,
                      ended_at, served_demand, booking, fare_paid_minor)
  SELECT id, 1, account, state, '', '[]', travellers, 'CNY', 100, 'payments/' || id,
         'epoch', 'epoch', 'epoch', 'epoch',
         CASE WHEN state <> 'WAITING' THEN timestamptz 'epoch' END, '', '', 0
  FROM (VALUES
    ('wo-1', 'accounts/ac-1', 'WAITING', '[{"key": "k", "masked_name": "甲**"}]'::jsonb),
    ('wo-2', 'accounts/ac-1', 'WITHDRAWN',
     '[{"key": "k", "masked_name": "甲**"}, {"key": "l", "masked_name": "乙**"}]'),
    ('wo-3', 'accounts/ac-2', 'WITHDRAWN', '[{"key": "m", "masked_name": "丙**"}]')
  ) AS given (id, account, state, travellers))sql";

TEST_CASE("waitlist names what waits and forgets names of what is over",
          "[waitlist][erasure][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  boost::asio::io_context loop;
  postgres::PoolOptions options;
  options.conninfo = database->conninfo();
  postgres::Pool pool(loop.get_executor(), options);
  REQUIRE(RunTask(loop, postgres::Migrate(pool, kMigrations)).ok());
  database->Execute(kOrders);
  process::AccountTraces traces(pool,
                                {kLiveOfAccount, {kForgetAccount.begin(), kForgetAccount.end()}});
  CHECK(NamesOf(RunTask(loop, traces.ListLive("accounts/ac-1", 10)).value()) ==
        std::vector<std::string>{"waitlistOrders/wo-1"});
  CHECK(RunTask(loop, traces.ListLive("accounts/ac-2", 10)).value().empty());

  database->Execute("UPDATE orders SET state = 'WITHDRAWN', ended_at = 'epoch' WHERE id = 'wo-1'");
  const RequestKey key{"services/account", "/m", "r", "f"};
  for (int i = 0; i < 2; ++i) {
    REQUIRE(
        RunTask(loop, traces.Forget("accounts/ac-1", key, "", absl::FromUnixSeconds(1'793'491'200)))
            .ok());
  }
  const postgres::Result left =
      RunTask(loop, pool.Query("SELECT id, travellers::text AS kept FROM orders ORDER BY id"))
          .value();
  CHECK(left.row(0).Text("kept") == R"([{"key": "k", "masked_name": ""}])");
  CHECK(left.row(1).Text("kept") ==
        R"([{"key": "k", "masked_name": ""}, {"key": "l", "masked_name": ""}])");
  CHECK(left.row(2).Text("kept") == R"([{"key": "m", "masked_name": "丙**"}])");
  pool.Close();
}

}  // namespace
}  // namespace houbu::waitlist
