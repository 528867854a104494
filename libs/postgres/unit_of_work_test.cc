#include "libs/postgres/unit_of_work.h"

#include <optional>
#include <utility>

#include <catch2/catch.hpp>

#include "libs/async/status_macros.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/migrations.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"

namespace houbu::postgres {
namespace {

using testing::RunTask;

const absl::Time kNow = absl::FromUnixSeconds(1795228000);

RequestKey KeyOf(const std::string& request_id, const std::string& fingerprint) {
  RequestKey key;
  key.caller = "accounts/ac-1";
  key.method = "/houbu.slot.v1.BookingService/CreateBooking";
  key.request_id = request_id;
  key.fingerprint = fingerprint;
  return key;
}

OutboxCall CallOf(const std::string& id) {
  OutboxCall call;
  call.id = id;
  call.aggregate = "bookings/bk-1";
  call.target = "payment";
  call.method = "/houbu.payment.v1.PaymentService/CreatePayment";
  call.payload = std::string("\0\x01", 2);
  call.due_at = kNow;
  return call;
}

/// A database with the common tables and one of our own.
class Bench final {
 public:
  explicit Bench(const testing::TestPostgres& database)
      : pool_(loop_.get_executor(), With(database)) {
    REQUIRE(RunTask(loop_, Migrate(pool_, {})).ok());
    database.Execute("CREATE TABLE effects (k serial PRIMARY KEY)");
  }

  Pool& pool() { return pool_; }
  boost::asio::io_context& loop() { return loop_; }

  UnitOfWork Begin(std::optional<RequestKey> key) {
    auto work = RunTask(loop_, UnitOfWork::Begin(pool_, std::move(key)));
    REQUIRE(work.ok());
    return *std::move(work);
  }

  std::int64_t Count(const std::string& table) {
    const auto result = RunTask(loop_, pool_.Query("SELECT count(*) AS n FROM " + table));
    REQUIRE(result.ok());
    return result->row(0).Int64("n");
  }

 private:
  static PoolOptions With(const testing::TestPostgres& database) {
    PoolOptions options;
    options.conninfo = database.conninfo();
    return options;
  }

  boost::asio::io_context loop_{1};
  Pool pool_;
};

/// The whole of a use case: replay, or effect, call and answer.
Task<std::string> Perform(Pool& pool, RequestKey key, std::string call_id, std::string answer) {
  ASSIGN_OR_CO_RETURN(UnitOfWork work, co_await UnitOfWork::Begin(pool, key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute("INSERT INTO effects DEFAULT VALUES"));
  CO_RETURN_IF_ERROR(co_await work.Enqueue(CallOf(call_id)));
  CO_RETURN_IF_ERROR(co_await work.Commit(answer, kNow));
  co_return answer;
}

TEST_CASE("a repeated request is answered as before", "[libs][postgres][X-07]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  const RequestKey key = KeyOf("r-1", "f");
  const std::string first("\0first", 6);
  CHECK(RunTask(bench.loop(), Perform(bench.pool(), key, "ob-1", first)).value_or("") == first);
  CHECK(RunTask(bench.loop(), Perform(bench.pool(), key, "ob-2", "second")).value_or("") == first);
  CHECK(bench.Count("effects") == 1);
  CHECK(bench.Count("outbox") == 1);
  const auto found = RunTask(bench.loop(), FindAnswer(bench.pool(), key));
  REQUIRE(found.ok());
  CHECK(*found == first);
  const auto other = RunTask(bench.loop(), FindAnswer(bench.pool(), KeyOf("r-2", "f")));
  REQUIRE(other.ok());
  CHECK_FALSE(other->has_value());
}

TEST_CASE("a request_id is not taken for other content", "[libs][postgres][X-07]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  REQUIRE(RunTask(bench.loop(), Perform(bench.pool(), KeyOf("r-1", "f"), "ob-1", "a")).ok());
  const auto reused = RunTask(bench.loop(), Perform(bench.pool(), KeyOf("r-1", "g"), "ob-2", "b"));
  CHECK(absl::IsInvalidArgument(reused.status()));
  CHECK(ReasonOf(reused.status()) == "REQUEST_ID_REUSED");
  const auto found = RunTask(bench.loop(), FindAnswer(bench.pool(), KeyOf("r-1", "g")));
  CHECK(ReasonOf(found.status()) == "REQUEST_ID_REUSED");
  CHECK(bench.Count("effects") == 1);
}

TEST_CASE("of two racing for one request_id only one acts", "[libs][postgres][X-07]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  const RequestKey key = KeyOf("r-1", "f");
  UnitOfWork first = bench.Begin(key);
  UnitOfWork second = bench.Begin(key);
  CHECK_FALSE(second.answer().has_value());
  const std::string effect = "INSERT INTO effects DEFAULT VALUES";
  REQUIRE(RunTask(bench.loop(), first.transaction().Execute(effect)).ok());
  REQUIRE(RunTask(bench.loop(), second.transaction().Execute(effect)).ok());
  REQUIRE(RunTask(bench.loop(), first.Commit("answer", kNow)).ok());
  const absl::Status lost = RunTask(bench.loop(), second.Commit("answer", kNow));
  CHECK(absl::IsAborted(lost));
  CHECK(ReasonOf(lost) == "REQUEST_RACED");
  CHECK(bench.Begin(key).answer() == "answer");
  CHECK(bench.Count("effects") == 1);
}

TEST_CASE("an abandoned unit of work leaves no call and no answer", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  {
    UnitOfWork work = bench.Begin(KeyOf("r-1", "f"));
    REQUIRE(RunTask(bench.loop(), work.Enqueue(CallOf("ob-1"))).ok());
  }
  CHECK(bench.Count("outbox") == 0);
  CHECK_FALSE(bench.Begin(KeyOf("r-1", "g")).answer().has_value());
}

TEST_CASE("work without a request stores no answer", "[libs][postgres]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  int told = 0;
  bench.pool().SetEnqueuedListener([&told] { ++told; });
  UnitOfWork work = bench.Begin(std::nullopt);
  REQUIRE(RunTask(bench.loop(), work.Enqueue(CallOf("ob-1"))).ok());
  CHECK(told == 0);
  REQUIRE(RunTask(bench.loop(), work.Commit("", kNow)).ok());
  CHECK(told == 1);
  CHECK(bench.Count("outbox") == 1);
  CHECK(bench.Count("request_answers") == 0);
}

}  // namespace
}  // namespace houbu::postgres
