#include "libs/postgres/migrations.h"

#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include "libs/base/refusal.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"

namespace houbu::postgres {
namespace {

using testing::RunTask;

PoolOptions With(const testing::TestPostgres& database) {
  PoolOptions options;
  options.conninfo = database.conninfo();
  return options;
}

constexpr Migration kFirst{1, "0001_first", "CREATE TABLE a (k int); CREATE TABLE b (k int);"};
constexpr Migration kSecond{2, "0002_second", "INSERT INTO a VALUES (1);"};
constexpr Migration kAltered{1, "0001_first", "CREATE TABLE a (k bigint);"};
constexpr Migration kBroken{3, "0003_broken", "INSERT INTO a VALUES (2); SELECT nonsense;"};

std::int64_t Count(boost::asio::io_context& loop, Pool& pool, const std::string& table) {
  const auto result = RunTask(loop, pool.Query("SELECT count(*) AS n FROM " + table));
  REQUIRE(result.ok());
  return result->row(0).Int64("n");
}

TEST_CASE("migrations are applied once, however many programs start", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  boost::asio::io_context loop(1);
  Pool pool(loop.get_executor(), With(*database));
  const std::vector<Migration> migrations = {kFirst, kSecond};
  int done = 0;
  for (int i = 0; i < 3; ++i) {
    boost::asio::co_spawn(loop, Migrate(pool, migrations),
                          [&done](std::exception_ptr, const absl::Status& status) {
                            CHECK(status.ok());
                            ++done;
                          });
  }
  while (done < 3) {
    loop.run_one();
  }
  CHECK(Count(loop, pool, "a") == 1);
  CHECK(Count(loop, pool, "schema_migrations") == 3);
  CHECK(Count(loop, pool, "schema_migrations WHERE space = 'common'") == 1);
}

TEST_CASE("later migrations are added to earlier ones", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  boost::asio::io_context loop(1);
  Pool pool(loop.get_executor(), With(*database));
  const std::vector<Migration> earlier = {kFirst};
  const std::vector<Migration> later = {kFirst, kSecond};
  REQUIRE(RunTask(loop, Migrate(pool, earlier)).ok());
  CHECK(Count(loop, pool, "a") == 0);
  REQUIRE(RunTask(loop, Migrate(pool, later)).ok());
  CHECK(Count(loop, pool, "a") == 1);
  // An older program on a newer database changes nothing.
  CHECK(RunTask(loop, Migrate(pool, earlier)).ok());
}

TEST_CASE("an altered migration is refused", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  boost::asio::io_context loop(1);
  Pool pool(loop.get_executor(), With(*database));
  const std::vector<Migration> migrations = {kFirst};
  const std::vector<Migration> altered = {kAltered};
  REQUIRE(RunTask(loop, Migrate(pool, migrations)).ok());
  const absl::Status refused = RunTask(loop, Migrate(pool, altered));
  CHECK(absl::IsFailedPrecondition(refused));
  CHECK(ReasonOf(refused) == "MIGRATION_ALTERED");
  CHECK(std::string(refused.message()).find("0001_first") != std::string::npos);
}

TEST_CASE("a migration that fails leaves nothing behind", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  boost::asio::io_context loop(1);
  Pool pool(loop.get_executor(), With(*database));
  const std::vector<Migration> good = {kFirst};
  const std::vector<Migration> bad = {kFirst, kSecond, kBroken};
  REQUIRE(RunTask(loop, Migrate(pool, good)).ok());
  CHECK_FALSE(RunTask(loop, Migrate(pool, bad)).ok());
  CHECK(Count(loop, pool, "a") == 0);
  const std::vector<Migration> unordered = {kSecond, kFirst};
  CHECK(absl::IsInvalidArgument(RunTask(loop, Migrate(pool, unordered))));
}

}  // namespace
}  // namespace houbu::postgres
