#include "libs/postgres/parameters.h"

#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/postgres/pool.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"

namespace houbu::postgres {
namespace {

TEST_CASE("arrays of any shape come back as they were sent", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  boost::asio::io_context loop(1);
  PoolOptions options;
  options.conninfo = database->conninfo();
  Pool pool(loop.get_executor(), options);
  const std::vector<absl::Time> times = {
      absl::InfiniteFuture(), absl::InfinitePast(), absl::UnixEpoch() - absl::Microseconds(1),
      absl::FromUnixMicros(1795228002123456) + absl::Nanoseconds(999)};
  Parameters params;
  params.AddTextArray({}).AddBytesArray({}).AddTimeArray({}).AddIntArray({}).AddTimeArray(times);
  params.AddBytesArray(std::vector<std::string>{"", std::string(300, '\xff')});
  const auto result = testing::RunTask(
      loop,
      pool.Query("SELECT cardinality($1::text[]) AS texts, cardinality($2::bytea[]) AS raw,"
                 " cardinality($3::timestamptz[]) AS times, cardinality($4::bigint[]) AS numbers,"
                 " ($5::timestamptz[])[1] AS t1, ($5::timestamptz[])[2] AS t2, "
                 "($5::timestamptz[])[3] AS t3,"
                 " ($5::timestamptz[])[4] AS t4, ($6::bytea[])[1] AS b1, ($6::bytea[])[2] AS b2",
                 std::move(params)));
  REQUIRE(result.ok());
  const Row row = result->row(0);
  for (const char* const none : {"texts", "raw", "times", "numbers"}) CHECK(row.Int64(none) == 0);
  CHECK(row.Time("t1") == times[0]);
  CHECK(row.Time("t2") == times[1]);
  CHECK(row.Time("t3") == times[2]);
  CHECK(row.Time("t4") == absl::FromUnixMicros(1795228002123456));
  CHECK(row.Bytes("b1").empty());
  CHECK(row.Bytes("b2") == std::string(300, '\xff'));
  const std::vector<std::string> broken = {"a", std::string("b\0", 2)};
  Parameters unsendable;
  unsendable.AddTextArray(broken);
  const auto refused =
      testing::RunTask(loop, pool.Query("SELECT $1::text[]", std::move(unsendable)));
  CHECK(absl::IsInvalidArgument(refused.status()));
}

}  // namespace
}  // namespace houbu::postgres
