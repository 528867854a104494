#include "libs/postgres/pipeline.h"

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

#include "libs/postgres/common_rows.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/migrations.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"

namespace houbu::postgres {
namespace {

namespace asio = boost::asio;
using testing::RunTask;

constexpr char kInsert[] = "INSERT INTO t (k) VALUES ($1)";
constexpr char kDie[] = "SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(1)";

/// A table t of whole numbers, at most 99, and a pool of one connection.
class Bench final {
 public:
  static std::unique_ptr<Bench> OrSkip() {
    auto database = testing::TestPostgres::OrSkip();
    if (!database) return nullptr;
    database->Execute("CREATE TABLE t (k int PRIMARY KEY, CONSTRAINT small CHECK (k < 100))");
    return std::unique_ptr<Bench>(new Bench(std::move(database)));
  }

  Pipeline Begin() {
    auto pipeline = RunTask(loop_, pool_.BeginPipeline());
    REQUIRE(pipeline.ok());
    return *std::move(pipeline);
  }

  absl::StatusOr<std::vector<Result>> Run(Pipeline& pipeline) {
    return RunTask(loop_, pipeline.Run());
  }

  absl::StatusOr<std::vector<Result>> Commit(Pipeline& pipeline) {
    return RunTask(loop_, pipeline.Commit());
  }

  std::int64_t Number(std::string sql) {
    const auto result = RunTask(loop_, pool_.Query(std::move(sql)));
    REQUIRE(result.ok());
    return result->row(0).Int64("n");
  }

  std::int64_t Rows() { return Number("SELECT count(*) AS n FROM t"); }

  void Say(std::string sql) { REQUIRE(RunTask(loop_, pool_.Query(std::move(sql))).ok()); }

  Pool& pool() { return pool_; }
  asio::io_context& loop() { return loop_; }

 private:
  explicit Bench(std::unique_ptr<testing::TestPostgres> database)
      : database_(std::move(database)), pool_(loop_.get_executor(), With(*database_)) {}

  static PoolOptions With(const testing::TestPostgres& database) {
    PoolOptions options;
    options.conninfo = database.conninfo();
    options.size = 1;
    return options;
  }

  std::unique_ptr<testing::TestPostgres> database_;
  asio::io_context loop_{1};
  Pool pool_;
};

Parameters Of(int value) { return Parameters().Add(value); }

TEST_CASE("a round gives its results in the order of adding", "[libs][postgres]") {
  const auto bench = Bench::OrSkip();
  if (!bench) return;
  Pipeline pipeline = bench->Begin();
  for (int value = 0; value < 20; ++value) {
    CHECK(pipeline.Add("SELECT $1::int AS n", Of(value)) == value);
  }
  CHECK(pipeline.Add(kInsert, Of(7)) == 20);
  const auto first = bench->Run(pipeline);
  REQUIRE(first.ok());
  REQUIRE(first->size() == 21);
  for (int value = 0; value < 20; ++value) {
    CHECK((*first)[static_cast<std::size_t>(value)].row(0).Int32("n") == value);
  }
  CHECK((*first)[20].affected() == 1);

  CHECK(pipeline.Add("SELECT count(*) AS n FROM t") == 0);
  const auto last = bench->Commit(pipeline);
  REQUIRE(last.ok());
  REQUIRE(last->size() == 1);
  CHECK((*last)[0].row(0).Int64("n") == 1);
  CHECK_FALSE(pipeline.open());
  CHECK(bench->Rows() == 1);
}

TEST_CASE("a statement that fails in the middle undoes its round", "[libs][postgres]") {
  const auto bench = Bench::OrSkip();
  if (!bench) return;
  for (const bool committing : {false, true}) {
    CAPTURE(committing);
    Pipeline pipeline = bench->Begin();
    pipeline.Add(kInsert, Of(1));
    pipeline.Add(kInsert, Of(100));
    pipeline.Add("SELECT 1 AS never_seen_before");
    const auto results = committing ? bench->Commit(pipeline) : bench->Run(pipeline);
    CHECK(ConstraintOf(results.status()) == "small");
    CHECK(FailedStatementOf(results.status()) == 1);
    if (!committing) CHECK(absl::IsInternal(bench->Commit(pipeline).status()));
    CHECK(bench->Rows() == 0);
  }
  // What was parsed, and what was not because of the failure, can be said afterwards.
  Pipeline again = bench->Begin();
  again.Add(kInsert, Of(1));
  again.Add("SELECT 1 AS never_seen_before");
  CHECK(bench->Commit(again).ok());
  CHECK(bench->Rows() == 1);
}

TEST_CASE("what is wrong with a statement's text is told with its place", "[libs][postgres]") {
  const auto bench = Bench::OrSkip();
  if (!bench) return;
  for (int round = 0; round < 2; ++round) {
    Pipeline pipeline = bench->Begin();
    pipeline.Add("SELECT 1");
    pipeline.Add("SELEKT 1");
    const auto results = bench->Run(pipeline);
    CHECK(SqlStateOf(results.status()) == "42601");
    CHECK(FailedStatementOf(results.status()) == 1);
  }
}

TEST_CASE("a pipeline that is not committed leaves nothing", "[libs][postgres]") {
  const auto bench = Bench::OrSkip();
  if (!bench) return;
  {
    Pipeline abandoned = bench->Begin();
    abandoned.Add(kInsert, Of(1));
    REQUIRE(bench->Run(abandoned).ok());
  }
  CHECK(bench->Rows() == 0);
  {
    Pipeline never_run = bench->Begin();
    never_run.Add(kInsert, Of(1));
  }
  CHECK(bench->Rows() == 0);
  Pipeline rolled_back = bench->Begin();
  rolled_back.Add(kInsert, Of(1));
  REQUIRE(bench->Run(rolled_back).ok());
  REQUIRE(RunTask(bench->loop(), rolled_back.Rollback()).ok());
  CHECK(bench->Rows() == 0);
  Pipeline empty = bench->Begin();
  CHECK(bench->Commit(empty).ok());
  CHECK(bench->pool().open_connections() == 1);
}

TEST_CASE("statements are parsed once on each connection", "[libs][postgres]") {
  const auto bench = Bench::OrSkip();
  if (!bench) return;
  for (int round = 0; round < 3; ++round) {
    Pipeline pipeline = bench->Begin();
    pipeline.Add(kInsert, Of(2 * round));
    pipeline.Add(kInsert, Of(2 * round + 1));
    REQUIRE(bench->Commit(pipeline).ok());
  }
  CHECK(bench->Number(absl::StrCat("SELECT count(*) AS n FROM pg_prepared_statements ",
                                   "WHERE statement = '", kInsert, "'")) == 1);
}

TEST_CASE("statements the server has forgotten are told it anew", "[libs][postgres]") {
  const auto bench = Bench::OrSkip();
  if (!bench) return;
  const auto insert = [&bench](int value) {
    Pipeline pipeline = bench->Begin();
    pipeline.Add(kInsert, Of(value));
    return bench->Commit(pipeline).status();
  };
  REQUIRE(insert(1).ok());
  // As behind a pooler that lent the session out, and after a restart of the server.
  bench->Say("DEALLOCATE ALL");
  CHECK(insert(2).ok());
  CHECK_FALSE(RunTask(bench->loop(), bench->pool().Query(kDie)).ok());
  CHECK(insert(3).ok());
  CHECK(bench->Rows() == 3);

  // In a later round what came before is gone too: the whole is said again by whoever knows it.
  Pipeline pipeline = bench->Begin();
  pipeline.Add("DEALLOCATE ALL");
  REQUIRE(bench->Run(pipeline).ok());
  pipeline.Add(kInsert, Of(4));
  CHECK(absl::IsAborted(bench->Commit(pipeline).status()));
  CHECK(insert(4).ok());
}

TEST_CASE("a statement whose columns a migration changed is told anew", "[libs][postgres]") {
  const auto bench = Bench::OrSkip();
  if (!bench) return;
  const auto read = [&bench] {
    std::vector<Statement> statements(1);
    statements[0].sql = "SELECT k FROM t WHERE k >= $1";
    statements[0].params.Add(0);
    return RunTask(bench->loop(), bench->pool().QueryAll(std::move(statements)));
  };
  REQUIRE(read().ok());
  bench->Say("INSERT INTO t VALUES (1)");
  bench->Say("ALTER TABLE t ALTER COLUMN k TYPE bigint USING k + 4");
  const auto after = read();
  REQUIRE(after.ok());
  CHECK((*after)[0].row(0).Int64("k") == 5);
}

TEST_CASE("several reads in one journey see one transaction", "[libs][postgres]") {
  const auto bench = Bench::OrSkip();
  if (!bench) return;
  std::vector<Statement> statements(3);
  statements[0].sql = kInsert;
  statements[0].params.Add(5);
  statements[1].sql = "SELECT count(*) AS n FROM t";
  statements[2].sql = kInsert;
  statements[2].params.Add(500);
  std::vector<Statement> good(statements.begin(), statements.begin() + 2);
  const auto refused = RunTask(bench->loop(), bench->pool().QueryAll(std::move(statements)));
  CHECK(FailedStatementOf(refused.status()) == 2);
  CHECK(bench->Rows() == 0);
  const auto kept = RunTask(bench->loop(), bench->pool().QueryAll(std::move(good)));
  REQUIRE(kept.ok());
  CHECK((*kept)[1].row(0).Int64("n") == 1);
}

TEST_CASE("a round larger than what the wire takes at once passes both ways", "[libs][postgres]") {
  const auto bench = Bench::OrSkip();
  if (!bench) return;
  Pipeline pipeline = bench->Begin();
  const std::string large(200'000, 'x');
  for (int i = 0; i < 100; ++i) {
    pipeline.Add("SELECT $1::text AS t", Parameters().Add(absl::StrCat(i, large)));
  }
  const auto results = bench->Run(pipeline);
  REQUIRE(results.ok());
  for (int i = 0; i < 100; ++i) {
    CHECK((*results)[static_cast<std::size_t>(i)].row(0).Text("t") == absl::StrCat(i, large));
  }
}

TEST_CASE("a connection lost before COMMIT was sent has committed nothing", "[libs][postgres]") {
  const auto bench = Bench::OrSkip();
  if (!bench) return;
  Pipeline pipeline = bench->Begin();
  pipeline.Add(kInsert, Of(1));
  pipeline.Add(kDie);
  const auto results = bench->Run(pipeline);
  CHECK(ReasonOf(results.status()) == "DATABASE_UNAVAILABLE");
  CHECK(ReasonOf(bench->Commit(pipeline).status()) == "DATABASE_UNAVAILABLE");
  CHECK(bench->Rows() == 0);
}

TEST_CASE("a connection lost while committing leaves the outcome unknown only where it is",
          "[libs][postgres]") {
  const auto bench = Bench::OrSkip();
  if (!bench) return;
  // The server says itself that it died of a statement before COMMIT.
  Pipeline known = bench->Begin();
  known.Add(kInsert, Of(1));
  known.Add(kDie);
  CHECK(ReasonOf(bench->Commit(known).status()) == "DATABASE_UNAVAILABLE");
  CHECK(bench->Rows() == 0);

  bench->Say(
      "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$");
  bench->Say(
      "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED"
      " FOR EACH ROW EXECUTE FUNCTION die()");
  Pipeline unknown = bench->Begin();
  unknown.Add(kInsert, Of(1));
  CHECK(ReasonOf(bench->Commit(unknown).status()) == "COMMIT_OUTCOME_UNKNOWN");
}

TEST_CASE("a cancelled round is finished before the connection is used again", "[libs][postgres]") {
  const auto bench = Bench::OrSkip();
  if (!bench) return;
  Pipeline pipeline = bench->Begin();
  pipeline.Add(kInsert, Of(1));
  pipeline.Add("SELECT pg_sleep(0.1)");
  pipeline.Add(kInsert, Of(2));
  asio::cancellation_signal signal;
  bool ended = false;
  asio::co_spawn(bench->loop(), pipeline.Run(),
                 asio::bind_cancellation_slot(
                     signal.slot(),
                     [&ended](std::exception_ptr, const absl::StatusOr<std::vector<Result>>& r) {
                       CHECK_FALSE(r.ok());
                       ended = true;
                     }));
  asio::post(bench->loop(), [&bench, &signal] {
    asio::post(bench->loop(), [&signal] { signal.emit(asio::cancellation_type::terminal); });
  });
  while (!ended) {
    bench->loop().run_one();
  }
  { const Pipeline dropped = std::move(pipeline); }
  CHECK(bench->Rows() == 0);
  Pipeline again = bench->Begin();
  again.Add(kInsert, Of(2));
  CHECK(bench->Commit(again).ok());
  CHECK(bench->pool().open_connections() == 1);
}

TEST_CASE("of many answers those of known requests are left as they are", "[libs][postgres]") {
  const auto bench = Bench::OrSkip();
  if (!bench) return;
  REQUIRE(RunTask(bench->loop(), Migrate(bench->pool(), {})).ok());
  const absl::Time now = absl::FromUnixSeconds(1795228000);
  const auto answer = [](const std::string& request, const std::string& text) {
    RequestAnswer given;
    given.key.caller = "accounts/ac-1";
    given.key.method = "/m";
    given.key.request_id = request;
    given.key.fingerprint = absl::StrCat("f of ", request);
    given.answer = text;
    return given;
  };
  const auto store = [&](std::vector<RequestAnswer> answers) {
    Pipeline pipeline = bench->Begin();
    const int place = AddAnswers(pipeline, answers, now);
    const auto results = bench->Commit(pipeline);
    REQUIRE(results.ok());
    return StoredAnswersIn((*results)[static_cast<std::size_t>(place)], answers.size());
  };
  CHECK(store({answer("b", std::string("1\0\\", 3))}) == std::vector<bool>{true});
  CHECK(store({answer("c", "2"), answer("b", "3"), answer("a", "4"), answer("c", "5")}) ==
        std::vector<bool>{true, false, true, false});

  std::vector<RequestKey> keys = {answer("b", "").key, answer("x", "").key, answer("a", "").key,
                                  answer("c", "").key};
  keys[3].fingerprint = "other";
  const auto found = RunTask(bench->loop(), FindAnswers(bench->pool(), keys));
  REQUIRE(found.ok());
  CHECK((*found)[0].value() == std::string("1\0\\", 3));
  CHECK((*found)[1].value() == std::nullopt);
  CHECK((*found)[2].value() == "4");
  CHECK(ReasonOf((*found)[3].status()) == "REQUEST_ID_REUSED");
}

TEST_CASE("many calls are enqueued in their order", "[libs][postgres]") {
  const auto bench = Bench::OrSkip();
  if (!bench) return;
  REQUIRE(RunTask(bench->loop(), Migrate(bench->pool(), {})).ok());
  std::vector<OutboxCall> calls(30);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    calls[i].id = absl::StrCat("ob-", (i * 7) % 30);
    calls[i].aggregate = "bookings/bk-1";
    calls[i].payload = std::string("\0\xff", 2);
    calls[i].due_at = absl::FromUnixMicros(1795228000123456);
  }
  Pipeline pipeline = bench->Begin();
  AddCalls(pipeline, calls);
  REQUIRE(bench->Commit(pipeline).ok());
  const auto rows = RunTask(
      bench->loop(), bench->pool().Query("SELECT id, payload, due_at FROM outbox ORDER BY seq"));
  REQUIRE(rows.ok());
  REQUIRE(rows->rows() == 30);
  for (int i = 0; i < 30; ++i) {
    CHECK(rows->row(i).Text("id") == calls[static_cast<std::size_t>(i)].id);
    CHECK(rows->row(i).Bytes("payload") == calls[0].payload);
    CHECK(rows->row(i).Time("due_at") == calls[0].due_at);
  }
}

}  // namespace
}  // namespace houbu::postgres
