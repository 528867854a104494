#include "libs/outbox/dispatcher.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include "libs/async/status_macros.h"
#include "libs/outbox/test_receiver.h"
#include "libs/postgres/migrations.h"
#include "libs/postgres/unit_of_work.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"

namespace houbu::outbox {
namespace {

using testing::RunTask;

constexpr char kMethod[] = "/houbu.payment.v1.PaymentService/CreatePayment";

/// A database with an outbox, a receiver, and a clock that stands still.
class Bench final {
 public:
  explicit Bench(const testing::TestPostgres& database)
      : pool_(loop_.get_executor(), With(database)) {
    REQUIRE(RunTask(loop_, postgres::Migrate(pool_, {})).ok());
    channels_["payment"] = receiver_.Connect();
    options_.on_attempt = [this](const Attempt& attempt) { attempts_.push_back(attempt); };
    options_.poll_interval = absl::Milliseconds(20);
  }

  postgres::Pool& pool() { return pool_; }
  boost::asio::io_context& loop() { return loop_; }
  testing::ManualClock& clock() { return clock_; }
  Receiver& receiver() { return receiver_; }
  Options& options() { return options_; }
  Channels& channels() { return channels_; }
  AnswerHooks& hooks() { return hooks_; }
  const std::vector<Attempt>& attempts() const { return attempts_; }

  Dispatcher& dispatcher() {
    if (dispatcher_ == nullptr) {
      dispatcher_ = Another();
    }
    return *dispatcher_;
  }

  std::unique_ptr<Dispatcher> Another() {
    return std::make_unique<Dispatcher>(pool_, clock_, channels_, options_, hooks_);
  }

  void Enqueue(const std::string& id, const std::string& aggregate,
               absl::Duration due_in = absl::ZeroDuration()) {
    postgres::OutboxCall call;
    call.id = id;
    call.aggregate = aggregate;
    call.target = "payment";
    call.method = kMethod;
    call.payload = id;
    call.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    call.due_at = clock_.Now() + due_in;
    REQUIRE(RunTask(loop_, EnqueueOne(pool_, call)).ok());
  }

  int RunOnce() {
    const auto answered = RunTask(loop_, dispatcher().RunOnce());
    REQUIRE(answered.ok());
    return *answered;
  }

  OutboxStats Stats() {
    const auto stats = RunTask(loop_, dispatcher().Stats());
    REQUIRE(stats.ok());
    return *stats;
  }

  std::string Text(std::string sql) {
    const auto result = RunTask(loop_, pool_.Query(std::move(sql)));
    REQUIRE(result.ok());
    REQUIRE(result->rows() == 1);
    return result->row(0).Text("x");
  }

 private:
  static Task<void> EnqueueOne(postgres::Pool& pool, postgres::OutboxCall call) {
    ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                        co_await postgres::UnitOfWork::Begin(pool, std::nullopt));
    CO_RETURN_IF_ERROR(co_await work.Enqueue(std::move(call)));
    co_return co_await work.Commit("", absl::UnixEpoch());
  }

  static postgres::PoolOptions With(const testing::TestPostgres& database) {
    postgres::PoolOptions options;
    options.conninfo = database.conninfo();
    return options;
  }

  boost::asio::io_context loop_{1};
  testing::ManualClock clock_;
  Receiver receiver_;
  postgres::Pool pool_;
  Channels channels_;
  Options options_;
  AnswerHooks hooks_;
  std::vector<Attempt> attempts_;
  std::unique_ptr<Dispatcher> dispatcher_;
};

TEST_CASE("a due call is made with its bytes, then its row is gone", "[libs][outbox][X-07]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  bench.Enqueue("ob-1", "bookings/bk-1");
  bench.Enqueue("ob-2", "bookings/bk-2", absl::Seconds(1));
  CHECK(bench.RunOnce() == 1);
  REQUIRE(bench.receiver().calls().size() == 1);
  const Receiver::Received call = bench.receiver().calls()[0];
  CHECK(call.method == kMethod);
  CHECK(call.payload == "ob-1");
  CHECK(absl::StartsWith(call.traceparent, "00-4bf92f35"));
  bench.clock().Advance(absl::Milliseconds(999));
  CHECK(bench.RunOnce() == 0);
  bench.clock().Advance(absl::Milliseconds(1));
  CHECK(bench.RunOnce() == 1);
  CHECK(bench.Stats().pending == 0);
  REQUIRE(bench.attempts().size() == 2);
  CHECK(bench.attempts()[0].code == "OK");
}

TEST_CASE("calls of one aggregate are made in order, others are not held up", "[libs][outbox]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  for (int i = 0; i < 5; ++i) {
    bench.Enqueue(absl::StrCat("a-", i), "bookings/a");
    bench.Enqueue(absl::StrCat("b-", i), "bookings/b");
  }
  int left = 3;
  bench.receiver().SetAnswer([&left](const std::string& payload) {
    const bool refuse = payload == "a-1" && left-- > 0;
    return refuse ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "away") : grpc::Status();
  });
  CHECK(bench.RunOnce() == 6);
  CHECK(bench.receiver().PayloadsOf("b") ==
        std::vector<std::string>{"b-0", "b-1", "b-2", "b-3", "b-4"});
  CHECK(bench.receiver().PayloadsOf("a") == std::vector<std::string>{"a-0", "a-1"});
  for (int round = 0; round < 3; ++round) {
    bench.clock().Advance(absl::Minutes(1));
    bench.RunOnce();
  }
  CHECK(bench.receiver().PayloadsOf("a") ==
        std::vector<std::string>{"a-0", "a-1", "a-1", "a-1", "a-1", "a-2", "a-3", "a-4"});
  CHECK(bench.Stats().pending == 0);
}

TEST_CASE("an outage backs off longer and longer and never parks", "[libs][outbox]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  bench.options().refusals_max = 2;
  bench.Enqueue("ob-1", "bookings/bk-1");
  bench.receiver().SetAnswer([](const std::string&) {
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "too much");
  });
  const std::string wait =
      "SELECT (extract(epoch FROM due_at) * 1000000)::bigint::text AS x FROM outbox";
  for (int attempt = 1; attempt <= 14; ++attempt) {
    CAPTURE(attempt);
    CHECK(bench.RunOnce() == 0);
    CHECK(static_cast<int>(bench.receiver().calls().size()) == attempt);
    const absl::Time due = absl::FromUnixMicros(std::stoll(bench.Text(wait)));
    const absl::Duration backoff = due - bench.clock().Now();
    const absl::Duration whole =
        std::min(absl::Milliseconds(50) * (1 << (attempt - 1)), absl::Seconds(30));
    CHECK(backoff <= whole);
    CHECK(backoff >= whole / 2 - absl::Microseconds(1));
    bench.clock().Set(due - absl::Microseconds(1));
    CHECK(bench.RunOnce() == 0);
    CHECK(static_cast<int>(bench.receiver().calls().size()) == attempt);
    bench.clock().Set(due);
  }
  CHECK(bench.Text("SELECT last_error AS x FROM outbox") == "RESOURCE_EXHAUSTED: too much");
  CHECK(bench.Text("SELECT attempts::text AS x FROM outbox") == "14");
  CHECK(bench.Stats().parked == 0);
  CHECK(bench.Stats().oldest_age > absl::Seconds(60));
}

TEST_CASE("a call refused often enough is parked and blocks what came later", "[libs][outbox]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  bench.options().refusals_max = 3;
  bench.Enqueue("ob-1", "bookings/bk-1");
  bench.Enqueue("ob-2", "bookings/bk-1");
  bool refuse = true;
  bench.receiver().SetAnswer([&refuse](const std::string&) {
    return refuse ? grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no") : grpc::Status();
  });
  for (int i = 0; i < 6; ++i) {
    CHECK(bench.RunOnce() == 0);
    bench.clock().Advance(absl::Minutes(1));
  }
  CHECK(bench.receiver().calls().size() == 3);
  CHECK(bench.Stats().parked == 1);
  CHECK(bench.Stats().pending == 1);
  CHECK(bench.attempts().back().parked);
  refuse = false;
  const auto unparked = RunTask(bench.loop(), bench.dispatcher().Unpark("bookings/bk-1"));
  CHECK(unparked.value_or(0) == 1);
  CHECK(bench.RunOnce() == 2);
  CHECK(bench.Stats().parked == 0);
}

TEST_CASE("a parked call is tried again in a long while", "[libs][outbox]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  bench.options().refusals_max = 1;
  bench.Enqueue("ob-1", "bookings/bk-1");
  bool refuse = true;
  bench.receiver().SetAnswer([&refuse](const std::string&) {
    return refuse ? grpc::Status(grpc::StatusCode::INTERNAL, "no") : grpc::Status();
  });
  CHECK(bench.RunOnce() == 0);
  CHECK(bench.Stats().parked == 1);
  refuse = false;
  bench.clock().Advance(absl::Minutes(59));
  CHECK(bench.RunOnce() == 0);
  bench.clock().Advance(absl::Minutes(2));
  CHECK(bench.RunOnce() == 1);
  CHECK(bench.Stats().parked == 0);
}

TEST_CASE("a target that cannot be reached is an outage, an unknown one a refusal",
          "[libs][outbox]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  bench.channels()["payment"] =
      grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials());
  bench.Enqueue("ob-1", "bookings/bk-1");
  CHECK(bench.RunOnce() == 0);
  CHECK(bench.Text("SELECT refusals::text AS x FROM outbox") == "0");
  REQUIRE(RunTask(bench.loop(), bench.pool().Query("UPDATE outbox SET target = 'nobody'")).ok());
  bench.clock().Advance(absl::Minutes(1));
  CHECK(bench.RunOnce() == 0);
  CHECK(bench.Text("SELECT refusals::text AS x FROM outbox") == "1");
}

TEST_CASE("a row whose dispatcher died is called again when its lease ends", "[libs][outbox]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  bench.Enqueue("ob-1", "bookings/bk-1");
  const absl::Time until = bench.clock().Now() + absl::Seconds(15);
  postgres::Parameters params;
  params.Add(until);
  REQUIRE(RunTask(bench.loop(),
                  bench.pool().Query("UPDATE outbox SET attempts = 1, lease_until = $1", params))
              .ok());
  bench.clock().Set(until - absl::Microseconds(1));
  CHECK(bench.RunOnce() == 0);
  bench.clock().Set(until);
  CHECK(bench.RunOnce() == 1);
}

Task<void> LookAtRow(postgres::Pool& pool, std::vector<std::string>& seen, std::string aggregate,
                     std::string request, std::string answer) {
  const auto rows = co_await pool.Query("SELECT id FROM outbox");
  CO_RETURN_IF_ERROR(rows.status());
  seen.push_back(absl::StrCat(aggregate, " ", request, " ", answer, " ", rows->rows()));
  co_return seen.size() == 1 ? absl::UnavailableError("not yet") : absl::OkStatus();
}

TEST_CASE("an answer is taken up before its row is deleted, again if that failed",
          "[libs][outbox]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  std::vector<std::string> seen;
  bench.hooks()[kMethod] = [&bench, &seen](std::string aggregate, std::string request,
                                           std::string answer) {
    return LookAtRow(bench.pool(), seen, std::move(aggregate), std::move(request),
                     std::move(answer));
  };
  bench.Enqueue("ob-1", "bookings/bk-1");
  CHECK(bench.RunOnce() == 0);
  CHECK(bench.Stats().pending == 1);
  bench.clock().Advance(absl::Minutes(1));
  CHECK(bench.RunOnce() == 1);
  CHECK(seen == std::vector<std::string>{"bookings/bk-1 ob-1 answer to ob-1 1",
                                         "bookings/bk-1 ob-1 answer to ob-1 1"});
}

Task<void> ClaimElsewhere(postgres::Pool& pool) {
  const auto claimed =
      co_await pool.Query("UPDATE outbox SET attempts = attempts + 1, lease_until = 'infinity'");
  co_return claimed.status();
}

TEST_CASE("who lost the lease can neither delete nor postpone the row", "[libs][outbox]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  bench.hooks()[kMethod] = [&bench](std::string, std::string, std::string) {
    return ClaimElsewhere(bench.pool());
  };
  bench.Enqueue("ob-1", "bookings/bk-1");
  bench.RunOnce();
  CHECK(bench.Text("SELECT attempts::text AS x FROM outbox") == "2");
  CHECK(bench.Text("SELECT (lease_until = 'infinity')::text AS x FROM outbox") == "true");
}

TEST_CASE("two dispatchers on one outbox act once for every call", "[libs][outbox][X-07]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  constexpr int kCalls = 200;
  for (int i = 0; i < kCalls; ++i) {
    bench.Enqueue(absl::StrCat("a", i % 20, "-", i), absl::StrCat("bookings/", i % 20));
  }
  const auto other = bench.Another();
  int ended = 0;
  const auto count = [&ended](std::exception_ptr, const absl::Status& status) {
    CHECK(status.ok());
    ++ended;
  };
  boost::asio::co_spawn(bench.loop(), bench.dispatcher().Run(), count);
  boost::asio::co_spawn(bench.loop(), other->Run(), count);
  while (bench.Stats().pending > 0) {
  }
  bench.dispatcher().Stop();
  other->Stop();
  while (ended < 2) {
    bench.loop().run_one();
  }
  CHECK(bench.receiver().calls().size() == kCalls);
  for (int aggregate = 0; aggregate < 20; ++aggregate) {
    const auto payloads = bench.receiver().PayloadsOf(absl::StrCat("a", aggregate));
    std::vector<std::string> expected;
    for (int i = aggregate; i < kCalls; i += 20) {
      expected.push_back(absl::StrCat("a", aggregate, "-", i));
    }
    CHECK(payloads == expected);
  }
}

TEST_CASE("a commit wakes the dispatcher, cancellation ends it after its calls", "[libs][outbox]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Bench bench(*database);
  bench.options().poll_interval = absl::Hours(1);
  bool ended = false;
  boost::asio::cancellation_signal signal;
  boost::asio::co_spawn(
      bench.loop(), bench.dispatcher().Run(),
      boost::asio::bind_cancellation_slot(
          signal.slot(), [&ended](std::exception_ptr, const absl::Status&) { ended = true; }));
  bench.loop().run_for(std::chrono::milliseconds(50));
  bench.Enqueue("ob-1", "bookings/bk-1");
  while (bench.attempts().empty()) {
    bench.loop().run_one();
  }
  CHECK(bench.Stats().pending == 0);
  signal.emit(boost::asio::cancellation_type::terminal);
  while (!ended) {
    bench.loop().run_one();
  }
}

}  // namespace
}  // namespace houbu::outbox
