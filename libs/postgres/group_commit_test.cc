#include "libs/postgres/group_commit.h"

#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/async/status_macros.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/pipeline.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"

namespace houbu::postgres {
namespace {

namespace asio = boost::asio;
using testing::RunTask;
using Commits = GroupCommit<int, int>;

/// Writes nothing: doubles numbers; refuses odd ones by themselves, fails batches as told.
class Doubling final {
 public:
  explicit Doubling(GroupCommitOptions options = GroupCommitOptions())
      : commits_(loop_.get_executor(), With(std::move(options)),
                 [this](std::vector<int> items) { return Write(this, std::move(items)); }) {}

  /// Submits a number; its answer is in answers() once the loop has run.
  void Submit(int item, asio::cancellation_slot slot = asio::cancellation_slot()) {
    asio::co_spawn(loop_, commits_.Submit(item),
                   asio::bind_cancellation_slot(
                       slot, [this, item](std::exception_ptr, absl::StatusOr<int> answer) {
                         answers_.emplace(item, std::move(answer));
                       }));
  }

  /// Until the first batch is under way.
  void RunSome() {
    loop_.restart();
    while (batches_.empty()) loop_.run_one();
  }

  void RunAll() {
    loop_.restart();
    loop_.run();
  }

  Commits& commits() { return commits_; }
  const std::map<int, absl::StatusOr<int>>& answers() const { return answers_; }
  const std::vector<std::vector<int>>& batches() const { return batches_; }
  const std::vector<BatchWritten>& told() const { return told_; }

  std::map<int, absl::Status> poison;  ///< A batch with this number in it fails so.
  int outages = 0;                     ///< So many batches fail as UNAVAILABLE.
  int races = 0;                       ///< So many batches fail as ABORTED.

 private:
  GroupCommitOptions With(GroupCommitOptions options) {
    options.on_batch = [this](const BatchWritten& written) { told_.push_back(written); };
    return options;
  }

  static Task<Commits::Answers> Write(Doubling* self, std::vector<int> items) {
    self->batches_.push_back(items);
    CO_RETURN_IF_ERROR(co_await async::Sleep(absl::Milliseconds(1)));
    if (self->outages > 0) {
      --self->outages;
      co_return Refuse(kUnavailable);
    }
    if (self->races > 0) {
      --self->races;
      co_return absl::AbortedError("deadlock");
    }
    Commits::Answers answers;
    for (const int item : items) {
      const auto poisoned = self->poison.find(item);
      if (poisoned != self->poison.end()) co_return poisoned->second;
      answers.push_back(item % 2 == 0 ? absl::StatusOr<int>(2 * item)
                                      : absl::StatusOr<int>(absl::NotFoundError("odd")));
    }
    co_return answers;
  }

  asio::io_context loop_{1};
  std::map<int, absl::StatusOr<int>> answers_;
  std::vector<std::vector<int>> batches_;
  std::vector<BatchWritten> told_;
  Commits commits_;
};

GroupCommitOptions OneLane(int batch_max) {
  GroupCommitOptions options;
  options.lanes = 1;
  options.batch_max = batch_max;
  return options;
}

TEST_CASE("what gathers while a batch is written is the next batch", "[libs][postgres]") {
  Doubling doubling(OneLane(10));
  for (int item = 0; item < 25; ++item) doubling.Submit(item);
  doubling.RunAll();
  REQUIRE(doubling.answers().size() == 25);
  for (const auto& [item, answer] : doubling.answers()) {
    CAPTURE(item);
    if (item % 2 == 0) CHECK(answer.value() == 2 * item);
    if (item % 2 != 0) CHECK(absl::IsNotFound(answer.status()));
  }
  std::vector<int> order;
  for (const std::vector<int>& batch : doubling.batches()) {
    CHECK(batch.size() <= 10);
    order.insert(order.end(), batch.begin(), batch.end());
  }
  std::vector<int> expected(25);
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(order == expected);
  CHECK(doubling.batches().size() == 3);
  REQUIRE(doubling.told().size() == 3);
  CHECK(doubling.told()[0].size == 10);
  CHECK(doubling.told()[0].ok);
}

TEST_CASE("a batch at fault is split until those at fault stand alone", "[libs][postgres]") {
  Doubling doubling(OneLane(100));
  doubling.poison[6] = absl::InternalError("six");
  doubling.poison[14] = absl::DataLossError("fourteen");
  for (int item = 0; item < 20; item += 2) doubling.Submit(item);
  doubling.RunAll();
  for (const auto& [item, answer] : doubling.answers()) {
    CAPTURE(item);
    if (item == 6) {
      CHECK(absl::IsInternal(answer.status()));
    } else if (item == 14) {
      CHECK(absl::IsDataLoss(answer.status()));
    } else {
      CHECK(answer.value() == 2 * item);
    }
  }
}

TEST_CASE("an outage is told to everyone in the batch, and to them only", "[libs][postgres]") {
  Doubling doubling(OneLane(4));
  doubling.outages = 1;
  for (int item = 0; item < 16; item += 2) doubling.Submit(item);
  doubling.RunAll();
  CHECK(doubling.batches().size() == 2);
  for (const auto& [item, answer] : doubling.answers()) {
    CAPTURE(item);
    CHECK(absl::IsUnavailable(answer.status()) == (item < 8));
  }
}

TEST_CASE("a batch that lost a race is written again, not for ever", "[libs][postgres]") {
  Doubling doubling(OneLane(4));
  doubling.races = 2;
  doubling.Submit(2);
  doubling.Submit(4);
  doubling.RunAll();
  CHECK(doubling.answers().at(2).value() == 4);
  CHECK(doubling.batches().size() == 3);
  doubling.races = 1000;
  doubling.Submit(6);
  doubling.Submit(8);
  doubling.RunAll();
  CHECK(absl::IsAborted(doubling.answers().at(6).status()));
  CHECK(absl::IsAborted(doubling.answers().at(8).status()));
}

TEST_CASE("more than may wait is refused at once", "[libs][postgres]") {
  GroupCommitOptions options = OneLane(2);
  options.waiting_max = 3;
  Doubling doubling(options);
  for (int item = 0; item < 10; item += 2) doubling.Submit(item);
  doubling.RunAll();
  CHECK(doubling.answers().at(4).ok());
  CHECK(ReasonOf(doubling.answers().at(6).status()) == "COMMITS_BUSY");
  CHECK(ReasonOf(doubling.answers().at(8).status()) == "COMMITS_BUSY");
}

TEST_CASE("what was submitted is written, also after closing", "[libs][postgres]") {
  Doubling doubling(OneLane(1));
  doubling.Submit(2);
  doubling.Submit(4);
  doubling.RunSome();
  doubling.commits().Close();
  doubling.Submit(6);
  doubling.RunAll();
  CHECK(doubling.answers().at(2).value() == 4);
  CHECK(doubling.answers().at(4).value() == 8);
  CHECK(ReasonOf(doubling.answers().at(6).status()) == "COMMITS_BUSY");
}

TEST_CASE("who is cancelled while waiting disturbs no batch, and is told the truth",
          "[libs][postgres]") {
  Doubling doubling(OneLane(3));
  asio::cancellation_signal signal;
  doubling.Submit(2);
  doubling.Submit(4, signal.slot());
  doubling.Submit(6);
  doubling.RunSome();
  signal.emit(asio::cancellation_type::terminal);
  doubling.RunAll();
  CHECK(doubling.batches().size() == 1);
  CHECK(doubling.answers().at(2).value() == 4);
  CHECK(doubling.answers().at(4).value() == 8);
  CHECK(doubling.answers().at(6).value() == 12);
}

/// Inserts numbers into a table on a real server, each batch one commit.
class Inserting final {
 public:
  static std::unique_ptr<Inserting> OrSkip() {
    auto database = testing::TestPostgres::OrSkip();
    if (!database) return nullptr;
    database->Execute(
        "CREATE TABLE t (k int PRIMARY KEY, CONSTRAINT small CHECK (k < 100));"
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW WHEN (NEW.k = 66) EXECUTE FUNCTION die()");
    return std::unique_ptr<Inserting>(new Inserting(std::move(database)));
  }

  /// Submits all at once; gives the answers in their order.
  std::vector<absl::StatusOr<int>> Submit(const std::vector<int>& items) {
    std::vector<absl::StatusOr<int>> answers(items.size(), absl::UnknownError("none"));
    for (std::size_t i = 0; i < items.size(); ++i) {
      asio::co_spawn(loop_, commits_.Submit(items[i]),
                     [&answers, i](std::exception_ptr, absl::StatusOr<int> answer) {
                       answers[i] = std::move(answer);
                     });
    }
    loop_.restart();
    loop_.run();
    return answers;
  }

  std::int64_t Rows() {
    return RunTask(loop_, pool_.Query("SELECT count(*) AS n FROM t"))->row(0).Int64("n");
  }

 private:
  explicit Inserting(std::unique_ptr<testing::TestPostgres> database)
      : database_(std::move(database)),
        pool_(loop_.get_executor(), With(*database_)),
        commits_(loop_.get_executor(), GroupCommitOptions(),
                 [this](std::vector<int> items) { return Write(&pool_, std::move(items)); }) {}

  static PoolOptions With(const testing::TestPostgres& database) {
    PoolOptions options;
    options.conninfo = database.conninfo();
    return options;
  }

  static Task<Commits::Answers> Write(Pool* pool, std::vector<int> items) {
    const std::vector<std::int64_t> numbers(items.begin(), items.end());
    Parameters params;
    params.AddIntArray(numbers);
    ASSIGN_OR_CO_RETURN(Pipeline pipeline, co_await pool->BeginPipeline());
    pipeline.Add(
        "INSERT INTO t SELECT k FROM unnest($1::int[]) AS k ORDER BY k"
        " ON CONFLICT DO NOTHING RETURNING k",
        std::move(params));
    ASSIGN_OR_CO_RETURN(const std::vector<Result> results, co_await pipeline.Commit());
    std::map<std::int64_t, int> inserted;
    for (int i = 0; i < results[0].rows(); ++i) ++inserted[results[0].row(i).Int64("k")];
    Commits::Answers answers;
    for (const int item : items) {
      const bool first = --inserted[item] == 0;
      answers.push_back(first ? absl::StatusOr<int>(item)
                              : absl::StatusOr<int>(absl::AlreadyExistsError("taken")));
    }
    co_return answers;
  }

  std::unique_ptr<testing::TestPostgres> database_;
  asio::io_context loop_{1};
  Pool pool_;
  Commits commits_;
};

TEST_CASE("a row refused fails no neighbour, a statement that fails finds the one at fault",
          "[libs][postgres]") {
  const auto inserting = Inserting::OrSkip();
  if (!inserting) return;
  const auto answers = inserting->Submit({1, 2, 2, 3, 100, 4, 5});
  CHECK(answers[0].ok());
  CHECK(answers[1].ok());
  CHECK(absl::IsAlreadyExists(answers[2].status()));
  CHECK(ConstraintOf(answers[2].status()).empty());
  CHECK(answers[3].ok());
  CHECK(ConstraintOf(answers[4].status()) == "small");
  CHECK(answers[5].ok());
  CHECK(answers[6].ok());
  CHECK(inserting->Rows() == 5);
}

TEST_CASE("a connection lost in the middle of a commit is not written again", "[libs][postgres]") {
  const auto inserting = Inserting::OrSkip();
  if (!inserting) return;
  const auto answers = inserting->Submit({1, 66, 2});
  for (const auto& answer : answers) {
    CHECK(ReasonOf(answer.status()) == "COMMIT_OUTCOME_UNKNOWN");
  }
  CHECK(inserting->Submit({3}).front().ok());
}

}  // namespace
}  // namespace houbu::postgres
