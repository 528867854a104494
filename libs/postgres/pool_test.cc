#include "libs/postgres/pool.h"

#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include "libs/async/status_macros.h"
#include "libs/postgres/errors.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"

namespace houbu::postgres {
namespace {

namespace asio = boost::asio;
using testing::RunTask;

/// A database, a loop and a pool on them.
class Bench final {
 public:
  explicit Bench(const testing::TestPostgres& database, int size = 4)
      : pool_(loop_.get_executor(), With(database, size)) {}

  Pool& pool() { return pool_; }
  asio::io_context& loop() { return loop_; }

  absl::StatusOr<Result> Query(std::string sql, Parameters params = Parameters()) {
    return RunTask(loop_, pool_.Query(std::move(sql), std::move(params)));
  }

  Transaction Begin(Isolation isolation = Isolation::kReadCommitted) {
    auto transaction = RunTask(loop_, pool_.Begin(isolation));
    REQUIRE(transaction.ok());
    return *std::move(transaction);
  }

  std::int64_t Number(std::string sql) {
    const auto result = Query(std::move(sql));
    REQUIRE(result.ok());
    return result->row(0).Int64("n");
  }

 private:
  static PoolOptions With(const testing::TestPostgres& database, int size) {
    PoolOptions options;
    options.conninfo = database.conninfo();
    options.size = size;
    options.acquire_timeout = absl::Milliseconds(200);
    return options;
  }

  asio::io_context loop_{1};
  Pool pool_;
};

TEST_CASE("values come back as they were sent", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  const std::string bytes("\0\xff'\\x", 5);
  const absl::Time time = absl::FromUnixMicros(1795228002123456);
  Parameters params;
  params.Add("旅客甲 🚄 ' \" \\").Add(std::int64_t{-9007199254740993}).Add(true).Add(time);
  params.AddBytes(bytes).Add(std::optional<std::string>()).Add(std::optional<int>(7));
  params.AddTextArray(std::vector<std::string>{"a,b", "", "{\"\\}", "候补", "NULL"});
  params.AddIntArray(std::vector<std::int64_t>{1, -2}).Add("");
  params.AddTimeArray(std::vector<absl::Time>{time}).AddBytesArray(std::vector<std::string>{bytes});
  const auto result = bench.Query(
      "SELECT $1::text AS t, $2::bigint AS n, $3::boolean AS b, $4::timestamptz AS at,"
      " $5::bytea AS raw, $6::text AS nothing, $7::int AS seven, $8::text[] AS texts,"
      " $9::bigint[] AS numbers, $10::text AS empty, ($11::timestamptz[])[1] = $4 AS same_time,"
      " ($12::bytea[])[1] = $5 AS same_bytes",
      std::move(params));
  REQUIRE(result.ok());
  REQUIRE(result->rows() == 1);
  CHECK(result->affected() == 1);
  const Row row = result->row(0);
  CHECK(row.Text("t") == "旅客甲 🚄 ' \" \\");
  CHECK(row.Int64("n") == -9007199254740993);
  CHECK(row.Bool("b"));
  CHECK(row.Time("at") == time);
  CHECK(row.Bytes("raw") == bytes);
  CHECK(row.IsNull("nothing"));
  CHECK(row.OptionalText("nothing") == std::nullopt);
  CHECK(row.OptionalInt64("seven") == 7);
  CHECK(row.TextArray("texts") == std::vector<std::string>{"a,b", "", "{\"\\}", "候补", "NULL"});
  CHECK(row.IntArray("numbers") == std::vector<std::int64_t>{1, -2});
  CHECK(row.OptionalText("empty") == "");
  CHECK(row.Bool("same_time"));
  CHECK(row.Bool("same_bytes"));
}

TEST_CASE("a text with a NUL byte is refused before it is sent", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  const auto result = bench.Query("SELECT $1::text", Parameters().Add(std::string("a\0b", 3)));
  CHECK(absl::IsInvalidArgument(result.status()));
  CHECK(bench.Number("SELECT 1 AS n") == 1);
}

TEST_CASE("large statements and results pass", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  const std::string large(20'000'000, 'x');
  const auto result = bench.Query("SELECT $1::text AS t", Parameters().Add(large));
  REQUIRE(result.ok());
  CHECK(result->row(0).Text("t") == large);
}

TEST_CASE("SQLSTATE decides what a failure is", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  database->Execute(
      "CREATE TABLE t (k int PRIMARY KEY, CONSTRAINT small CHECK (k < 10)); INSERT INTO t VALUES "
      "(1)");
  Bench bench(*database);
  const absl::Status twice = bench.Query("INSERT INTO t VALUES (1)").status();
  CHECK(absl::IsAlreadyExists(twice));
  CHECK(ConstraintOf(twice) == "t_pkey");
  CHECK(SqlStateOf(twice) == "23505");
  const absl::Status large = bench.Query("INSERT INTO t VALUES (11)").status();
  CHECK(absl::IsAlreadyExists(large));
  CHECK(ConstraintOf(large) == "small");
  const struct {
    const char* state;
    absl::StatusCode code;
  } cases[] = {{"40001", absl::StatusCode::kAborted},     {"40P01", absl::StatusCode::kAborted},
               {"57014", absl::StatusCode::kUnavailable}, {"53300", absl::StatusCode::kUnavailable},
               {"08006", absl::StatusCode::kUnavailable}, {"22012", absl::StatusCode::kInternal},
               {"42P01", absl::StatusCode::kInternal},    {"P0001", absl::StatusCode::kInternal}};
  for (const auto& [state, code] : cases) {
    CAPTURE(state);
    const auto failed =
        bench.Query(absl::StrCat("DO $$ BEGIN RAISE 'no' USING ERRCODE = '", state, "'; END $$"));
    CHECK(failed.status().code() == code);
    CHECK(SqlStateOf(failed.status()) == state);
    CHECK(ConstraintOf(failed.status()).empty());
  }
}

TEST_CASE("a transaction that is not committed leaves nothing", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  database->Execute("CREATE TABLE t (k int PRIMARY KEY)");
  Bench bench(*database, 1);
  {
    Transaction abandoned = bench.Begin();
    REQUIRE(RunTask(bench.loop(), abandoned.Execute("INSERT INTO t VALUES (1)")).ok());
  }
  CHECK(bench.Number("SELECT count(*) AS n FROM t") == 0);
  Transaction rolled_back = bench.Begin();
  REQUIRE(RunTask(bench.loop(), rolled_back.Execute("INSERT INTO t VALUES (2)")).ok());
  REQUIRE(RunTask(bench.loop(), rolled_back.Rollback()).ok());
  CHECK(bench.Number("SELECT count(*) AS n FROM t") == 0);
  Transaction committed = bench.Begin();
  REQUIRE(RunTask(bench.loop(), committed.Execute("INSERT INTO t VALUES (3)")).ok());
  REQUIRE(RunTask(bench.loop(), committed.Commit()).ok());
  CHECK_FALSE(committed.open());
  CHECK(bench.Number("SELECT count(*) AS n FROM t") == 1);
  CHECK(bench.pool().open_connections() == 1);
}

TEST_CASE("a commit after a failed statement fails", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  database->Execute("CREATE TABLE t (k int PRIMARY KEY)");
  Bench bench(*database);
  Transaction transaction = bench.Begin();
  REQUIRE(RunTask(bench.loop(), transaction.Execute("INSERT INTO t VALUES (1)")).ok());
  REQUIRE_FALSE(RunTask(bench.loop(), transaction.Execute("SELECT 1/0")).ok());
  CHECK(absl::IsInternal(RunTask(bench.loop(), transaction.Commit())));
  CHECK(bench.Number("SELECT count(*) AS n FROM t") == 0);
}

TEST_CASE("a statement said again and again is parsed once", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database, 1);
  const std::string twice = "SELECT 2 * $1::int AS n";
  for (int i = 0; i < 5; ++i) {
    const auto doubled = bench.Query(twice, Parameters().Add(i));
    REQUIRE(doubled.ok());
    CHECK(doubled->row(0).Int64("n") == 2 * i);
  }
  const std::string prepared =
      "SELECT count(*) AS n FROM pg_prepared_statements WHERE statement LIKE 'SELECT 2 *%'";
  CHECK(bench.Number(prepared) == 1);
  const absl::Status failed = bench.Query(twice, Parameters().Add(INT32_MAX)).status();
  CHECK(SqlStateOf(failed) == "22003");
  CHECK(bench.Query(twice, Parameters().Add(1)).ok());
  // Forgotten by the server: outside of a transaction nobody notices.
  REQUIRE(bench.Query("DEALLOCATE ALL").ok());
  CHECK(bench.Query(twice, Parameters().Add(1)).ok());
  Transaction transaction = bench.Begin();
  REQUIRE(RunTask(bench.loop(), transaction.Execute("DEALLOCATE ALL")).ok());
  const auto lost = RunTask(bench.loop(), transaction.Execute(twice, Parameters().Add(1)));
  CHECK(absl::IsAborted(lost.status()));
  { const Transaction dropped = std::move(transaction); }
  Transaction again = bench.Begin();
  CHECK(RunTask(bench.loop(), again.Execute(twice, Parameters().Add(1))).ok());
}

TEST_CASE("a repeatable read sees one snapshot", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  database->Execute("CREATE TABLE t (k int PRIMARY KEY)");
  Bench bench(*database);
  Transaction reader = bench.Begin(Isolation::kRepeatableRead);
  const std::string count = "SELECT count(*) AS n FROM t";
  REQUIRE(RunTask(bench.loop(), reader.Execute(count)).ok());
  REQUIRE(bench.Query("INSERT INTO t VALUES (1)").ok());
  const auto seen = RunTask(bench.loop(), reader.Execute(count));
  REQUIRE(seen.ok());
  CHECK(seen->row(0).Int64("n") == 0);
}

TEST_CASE("who finds every connection out waits in line, and not for ever", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database, 1);
  std::optional<Transaction> holder = bench.Begin();
  const auto refused = RunTask(bench.loop(), bench.pool().Begin());
  CHECK(absl::IsUnavailable(refused.status()));
  CHECK(ReasonOf(refused.status()) == "DATABASE_UNAVAILABLE");

  std::vector<int> served;
  for (int i = 0; i < 3; ++i) {
    asio::co_spawn(bench.loop(), bench.pool().Query("SELECT 1"),
                   [&served, i](std::exception_ptr, const absl::StatusOr<Result>& result) {
                     CHECK(result.ok());
                     served.push_back(i);
                   });
  }
  asio::post(bench.loop(), [&holder] { holder.reset(); });
  REQUIRE(RunTask(bench.loop(), bench.pool().Ping()).ok());
  CHECK(served == std::vector<int>{0, 1, 2});
  CHECK(bench.pool().open_connections() == 1);
}

TEST_CASE("killed connections are replaced without anyone noticing", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database, 3);
  {
    const Transaction a = bench.Begin();
    const Transaction b = bench.Begin();
    const Transaction c = bench.Begin();
  }
  REQUIRE(bench.Number("SELECT 1 AS n") == 1);
  database->Execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
      " AND pid <> pg_backend_pid()");
  for (int i = 0; i < 5; ++i) {
    CHECK(RunTask(bench.loop(), bench.pool().Begin()).ok());
  }
  CHECK(bench.pool().open_connections() <= 3);
}

TEST_CASE("a connection killed in a statement is an outage, then replaced", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database, 1);
  const auto killed = bench.Query("SELECT pg_terminate_backend(pg_backend_pid())");
  CHECK(absl::IsUnavailable(killed.status()));
  CHECK(bench.Number("SELECT 1 AS n") == 1);
}

TEST_CASE("a server that is away is an outage", "[libs][postgres]") {
  asio::io_context loop(1);
  PoolOptions options;
  options.conninfo = "host=127.0.0.1 port=1 dbname=none user=none";
  Pool pool(loop.get_executor(), options);
  const absl::Status status = RunTask(loop, pool.Ping());
  CHECK(absl::IsUnavailable(status));
  CHECK(ReasonOf(status) == "DATABASE_UNAVAILABLE");
  CHECK(pool.open_connections() == 0);
}

TEST_CASE("a host is found by its name", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  asio::io_context loop(1);
  PoolOptions options;
  // Later settings of a conninfo win.
  options.conninfo = absl::StrCat(database->conninfo(), " host=localhost");
  Pool pool(loop.get_executor(), options);
  CHECK(RunTask(loop, pool.Ping()).ok());
}

TEST_CASE("a cancelled caller leaves a usable connection", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  database->Execute("CREATE TABLE t (k int PRIMARY KEY)");
  Bench bench(*database, 1);
  Transaction transaction = bench.Begin();
  REQUIRE(RunTask(bench.loop(), transaction.Execute("INSERT INTO t VALUES (1)")).ok());
  asio::cancellation_signal signal;
  bool ended = false;
  asio::co_spawn(bench.loop(), transaction.Execute("SELECT pg_sleep(0.1)"),
                 asio::bind_cancellation_slot(
                     signal.slot(), [&ended](std::exception_ptr, const absl::StatusOr<Result>& r) {
                       CHECK_FALSE(r.ok());
                       ended = true;
                     }));
  asio::post(bench.loop(), [&bench, &signal] {
    asio::post(bench.loop(), [&signal] { signal.emit(asio::cancellation_type::terminal); });
  });
  while (!ended) {
    bench.loop().run_one();
  }
  { const Transaction dropped = std::move(transaction); }
  CHECK(bench.Number("SELECT count(*) AS n FROM t") == 0);
  CHECK(bench.pool().open_connections() == 1);
}

TEST_CASE("callers cancelled while they wait for a connection leave the pool as it was",
          "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database, 1);
  for (int round = 0; round < 50; ++round) {
    std::array<asio::cancellation_signal, 24> signals;
    std::size_t ended = 0;
    for (asio::cancellation_signal& signal : signals) {
      asio::co_spawn(asio::make_strand(bench.loop()), bench.pool().Query("SELECT 1"),
                     asio::bind_cancellation_slot(
                         signal.slot(),
                         [&ended](std::exception_ptr, const absl::StatusOr<Result>&) { ++ended; }));
    }
    for (int step = 0; step < round; ++step) bench.loop().poll_one();
    for (asio::cancellation_signal& signal : signals) {
      asio::post(bench.loop(), [&signal] { signal.emit(asio::cancellation_type::terminal); });
    }
    while (ended < signals.size()) bench.loop().run_one();
    CHECK(bench.Number("SELECT 1 AS n") == 1);
  }
  CHECK(bench.pool().open_connections() == 1);
}

TEST_CASE("a commit whose connection is lost has an unknown outcome", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  database->Execute(
      "CREATE TABLE t (k int PRIMARY KEY);"
      "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$;"
      "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED"
      " FOR EACH ROW EXECUTE FUNCTION die()");
  Bench bench(*database);
  Transaction transaction = bench.Begin();
  REQUIRE(RunTask(bench.loop(), transaction.Execute("INSERT INTO t VALUES (1)")).ok());
  const absl::Status committed = RunTask(bench.loop(), transaction.Commit());
  CHECK(absl::IsUnavailable(committed));
  CHECK(ReasonOf(committed) == "COMMIT_OUTCOME_UNKNOWN");
}

TEST_CASE("a commit refused by a deferred constraint names it", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  database->Execute("CREATE TABLE t (k int CONSTRAINT once UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  Bench bench(*database);
  Transaction transaction = bench.Begin();
  REQUIRE(RunTask(bench.loop(), transaction.Execute("INSERT INTO t VALUES (1), (1)")).ok());
  CHECK(ConstraintOf(RunTask(bench.loop(), transaction.Commit())) == "once");
}

TEST_CASE("a statement that takes too long is ended", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database, 1);
  Transaction transaction = bench.Begin();
  REQUIRE(RunTask(bench.loop(), transaction.SetStatementTimeout(absl::Milliseconds(50))).ok());
  const auto slow = RunTask(bench.loop(), transaction.Execute("SELECT pg_sleep(5)"));
  CHECK(absl::IsUnavailable(slow.status()));
  CHECK(SqlStateOf(slow.status()) == "57014");
}

TEST_CASE("a closed pool refuses", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  REQUIRE(bench.Number("SELECT 1 AS n") == 1);
  bench.pool().Close();
  CHECK(absl::IsUnavailable(bench.Query("SELECT 1").status()));
  CHECK(bench.pool().open_connections() == 0);
}

}  // namespace
}  // namespace houbu::postgres
