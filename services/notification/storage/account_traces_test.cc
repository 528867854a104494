// What notification keeps of accounts, and how it is forgotten, on a real PostgreSQL.
#include "libs/process/account_traces.h"

#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/postgres/migrations.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"
#include "services/notification/storage/account_traces.h"
#include "services/notification/storage/schema.h"

namespace houbu::notification {
namespace {

using testing::RunTask;

constexpr char kRows[] = R"sql(
  INSERT INTO contacts (account, phone, channels, channels_chosen, language, updated_at)
  SELECT 'accounts/ac-' || n, 'sealed', '{SMS}', false, 'zh-CN', 'epoch'
  FROM generate_series(1, 2) n;
  INSERT INTO messages (id, account, event, subject, title, body, created_at)
  SELECT 'ms-' || n, 'accounts/ac-' || n, 'BOOKED', 's', 't', 'b', 'epoch'
  FROM generate_series(1, 2) n;
  INSERT INTO deliveries (id, message, channel, recipient, title, body, language, state, attempts,
                          last_error, created_at, due_at, lease_until)
  SELECT 'dl-' || n, 'ms-' || n, 'SMS', 'sealed', 't', 'sealed', 'zh-CN', 'PENDING', 0, '', 'epoch',
         'epoch', 'epoch'
  FROM generate_series(1, 2) n;
  INSERT INTO request_answers (caller, method, request_id, fingerprint, answer, created_at)
  SELECT 'accounts/ac-' || n, '/m', 'r', 'f', 'a', 'epoch' FROM generate_series(1, 2) n)sql";

TEST_CASE("notification forgets how an account is reached and what it was told",
          "[notification][erasure][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  boost::asio::io_context loop;
  postgres::PoolOptions options;
  options.conninfo = database->conninfo();
  postgres::Pool pool(loop.get_executor(), options);
  REQUIRE(RunTask(loop, postgres::Migrate(pool, kMigrations)).ok());
  database->Execute(kRows);
  process::AccountTraces traces(pool, {"", {kForgetAccount.begin(), kForgetAccount.end()}});
  const RequestKey key{"services/account", "/m", "r", "f"};
  for (int i = 0; i < 2; ++i) {
    REQUIRE(
        RunTask(loop, traces.Forget("accounts/ac-1", key, "", absl::FromUnixSeconds(1'793'491'200)))
            .ok());
  }
  const postgres::Result left =
      RunTask(loop, pool.Query("SELECT (SELECT string_agg(account, ' ') FROM contacts) AS contacts,"
                               " (SELECT string_agg(id, ' ') FROM messages) AS messages,"
                               " (SELECT string_agg(id, ' ') FROM deliveries) AS deliveries,"
                               " (SELECT string_agg(caller, ' ' ORDER BY caller)"
                               "  FROM request_answers) AS answers"))
          .value();
  CHECK(left.row(0).Text("contacts") == "accounts/ac-2");
  CHECK(left.row(0).Text("messages") == "ms-2");
  CHECK(left.row(0).Text("deliveries") == "dl-2");
  CHECK(left.row(0).Text("answers") == "accounts/ac-2 services/account");
  pool.Close();
}

}  // namespace
}  // namespace houbu::notification
